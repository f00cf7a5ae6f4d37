/** The device's end of a line of messages, and a message of 20 MB. */
import { connect, type Socket } from 'node:net'
import { code, frame, MllpDeframer, readMessage } from '../src/standards/hl7/index.ts'

export const largeMessage = (): Buffer =>
  frame(
    Buffer.concat([
      Buffer.from('MSH|^~\\&|A||||2026||ORU^R01|1|P|2.5\rOBX|1|ED|x||'),
      Buffer.alloc(20e6, 0x41),
      Buffer.from('\r'),
    ]),
  )

export const median = (of: readonly number[]): number => [...of].sort((a, b) => a - b)[of.length >> 1] ?? NaN

export class Sender {
  readonly #socket: Socket
  readonly #waiting: ((at: number) => void)[] = []
  readonly #deframer = new MllpDeframer()

  constructor(port: number, host = '127.0.0.1') {
    this.#socket = connect({ port, host, noDelay: true })
    this.#socket.on('error', () => {})
    this.#socket.on('data', (chunk: Buffer) => {
      for (const piece of this.#deframer.feed(chunk))
        if (piece.type === 'frame' && code(readMessage(piece.bytes), 'MSA.1') === 'AA')
          this.#waiting.shift()?.(performance.now())
    })
  }

  /** @returns milliseconds until it was acknowledged */
  async send(framed: Buffer): Promise<number> {
    const startedAt = performance.now()
    const answered = new Promise<number>((done) => this.#waiting.push(done))
    this.#socket.write(framed)
    return (await answered) - startedAt
  }

  end(): void {
    this.#socket.destroy()
  }
}
