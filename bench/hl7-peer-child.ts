/** One HL7 library behind the few questions of `hl7-peers.ts`; ours among them, for the framing alone. */
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MllpDeframer } from '../src/standards/hl7/index.ts'
import type { Answered, Asked } from './hl7-peers.ts'

const [, , name = '', where = ''] = process.argv
const tell = (answer: Answered): void => void process.send?.(answer)

interface Library {
  /** a message's text, read and written again. Throws where it cannot be read */
  again(text: string): string
  read(text: string): unknown
  serve(port: number, delivered: (text: string) => void): unknown
}

/* eslint-disable @typescript-eslint/no-explicit-any -- libraries without types here; what they give is compared, not trusted */
const from = createRequire(join(where, 'package.json'))
const loaded = async (module: string): Promise<any> => import(pathToFileURL(from.resolve(module)).href)

const LIBRARIES: Readonly<Record<string, () => Promise<Library>>> = {
  sluice: () =>
    Promise.resolve({
      again: (text) => text,
      read: (text) => text,
      serve: (port, delivered) =>
        createServer((socket) => {
          const deframer = new MllpDeframer()
          socket.on('error', () => {})
          socket.on('data', (chunk: Buffer) => {
            for (const piece of deframer.feed(chunk)) if (piece.type === 'frame') delivered(piece.bytes.toString())
          })
        }).listen(port),
    }),
  '@medplum/hl7': async () => {
    const { Hl7Message } = from('@medplum/core')
    const { Hl7Server } = from('@medplum/hl7')
    return {
      read: (text) => Hl7Message.parse(text),
      again: (text) => Hl7Message.parse(text).toString(),
      serve: (port, delivered) =>
        new Hl7Server((connection: any) =>
          connection.addEventListener('message', ({ message }: any) => {
            delivered(message.toString())
            connection.send(message.buildAck())
          }),
        ).start(port),
    }
  },
  'simple-hl7': async () => {
    const hl7 = from('simple-hl7')
    const parser = new hl7.Parser()
    return {
      read: (text) => parser.parse(text),
      again: (text) => parser.parse(text).toString(),
      serve: (port, delivered) => {
        const app = hl7.tcp()
        app.use((request: any, response: any) => {
          delivered(request.msg.toString())
          response.end()
        })
        app.start(port)
      },
    }
  },
  'node-hl7-server': async () => {
    const { Message } = from('node-hl7-client')
    const { Server } = from('node-hl7-server')
    return {
      read: (text) => new Message({ text }),
      again: (text) => new Message({ text }).toString(),
      serve: (port, delivered) =>
        new Server().createInbound({ port }, (request: any, response: any) => {
          delivered(request.getMessage().toString())
          response.sendResponse?.('AA')
        }),
    }
  },
  hl7v2: async () => {
    const { HL7Message } = await loaded('hl7v2')
    return {
      read: (text) => HL7Message.parse(text),
      again: (text) => HL7Message.parse(text).toHL7String(),
      serve: async (port, delivered) => {
        const { HL7Server } = await loaded('hl7v2-net')
        const server = HL7Server.createServer()
        server.use((request: any) => delivered(request.message.toHL7String()))
        await server.listen(port)
      },
    }
  },
}

/** number and patient, wherever segments end */
const whom = (text: string): string => {
  const field = (segment: string, at: number) =>
    text
      .split(/[\r\n]+/)
      .find((line) => line.startsWith(segment))
      ?.split('|')[at] ?? ''
  return `${field('MSH', 9)} ${field('PID', 3).split('^')[0]}`
}

const textsIn = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((file) => readFileSync(join(folder, file), 'utf8'))

process.on('uncaughtException', () => {})
process.on('message', (question: Asked) => void answer(question).catch(() => tell({ failed: 'error' })))

async function answer(question: Asked): Promise<void> {
  const library = await (LIBRARIES[name] as () => Promise<Library>)()
  if (question.ask === 'serve') {
    await library.serve(question.port, (text) => tell({ delivered: whom(text) }))
    return
  }
  const texts = textsIn(question.folder)
  if (question.ask === 'round trip') {
    tell({ same: texts.filter((text) => attempt(() => library.again(text)) === text).length })
    return
  }
  const startedAt = performance.now()
  let count = 0
  while (performance.now() - startedAt < question.ms)
    for (const text of texts) {
      attempt(() => library.read(text))
      count++
    }
  tell({ perSecond: (1000 * count) / (performance.now() - startedAt) })
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
