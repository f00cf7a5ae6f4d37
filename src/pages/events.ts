/** Server-sent events, for as long as somebody looks and is signed in. */
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface Pushed {
  readonly everyMs: number
  /** the newest text, or undefined when there is nothing new */
  next(): Promise<string | undefined> | string | undefined
  /** whether whoever looks still may: asked before each text */
  still(): Promise<boolean> | boolean
}

/** A slow reader misses texts and holds no memory; a failure of `next` is a text missed. */
export function pushEvents(request: FastifyRequest, reply: FastifyReply, { everyMs, next, still }: Pushed): void {
  reply.hijack()
  reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const send = async (): Promise<void> => {
    if (!(await still())) {
      reply.raw.end()
      return
    }
    if (reply.raw.writableNeedDrain || reply.raw.writableEnded) return
    const text = await next()
    reply.raw.write(text === undefined ? ': \n\n' : `data: ${text}\n\n`)
  }
  const again = () => void send().catch(() => {})
  const timer = setInterval(again, everyMs)
  request.raw.on('close', () => clearInterval(timer))
  again()
}
