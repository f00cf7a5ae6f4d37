/** multipart/related (RFC 2387), written and read as a stream. Hostile input: headers, parts and sizes are bounded. */
import { Fault } from '../../../base/index.ts'
import { LIMITS } from '../../../standards/dicom/index.ts'

export interface Part {
  readonly headers: ReadonlyMap<string, string>
  /** to be read to its end before the next part is asked for */
  readonly body: AsyncIterable<Buffer>
}

/** @throws Fault 'unsupported-media-type' when it is not multipart/related of DICOM instances */
export function boundaryOf(contentType: string | undefined): string {
  const boundary = /boundary="?([^";]{1,70})"?/i.exec(contentType ?? '')?.[1]
  if (
    !/^multipart\/related/i.test(contentType ?? '') ||
    !boundary ||
    !/application\/dicom["; ]?/i.test(contentType ?? '')
  )
    throw new Fault('unsupported-media-type')
  return boundary.trim()
}

/**
 * The parts of a body in order.
 * @throws Fault 'bad-request' when it ends in the middle, 'limit-exceeded' past LIMITS
 */
export async function* parts(body: AsyncIterable<Buffer>, boundary: string): AsyncGenerator<Part> {
  const input = new Input(body)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  // the first delimiter may stand at the very beginning
  input.unread(Buffer.from('\r\n'))
  await input.skipTo(delimiter)
  for (let count = 0; ; count++) {
    if (count > LIMITS.multipartParts.value) throw new Fault('limit-exceeded', { what: 'parts' })
    const after = await input.take(2)
    if (after.toString() === '--') return
    if (after.toString() !== '\r\n') throw new Fault('bad-request', { what: 'boundary' })
    const headers = await readHeaders(input)
    let done = false
    const stream = (async function* () {
      yield* input.until(delimiter)
      done = true
    })()
    yield { headers, body: stream }
    if (!done) for await (const _ of stream);
  }
}

async function readHeaders(input: Input): Promise<ReadonlyMap<string, string>> {
  const headers = new Map<string, string>()
  for (let bytes = 0; ;) {
    const line = await input.line(LIMITS.multipartHeaderBytes.value - bytes)
    if (line === '') return headers
    bytes += line.length + 2
    const at = line.indexOf(':')
    if (at > 0) headers.set(line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim())
  }
}

/** Bytes of a stream with the little looking ahead that boundaries need. */
class Input {
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)

  constructor(body: AsyncIterable<Buffer>) {
    this.#chunks = body[Symbol.asyncIterator]()
  }

  unread(bytes: Buffer): void {
    this.#held = Buffer.concat([bytes, this.#held])
  }

  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length)
      if (!(await this.#more())) throw new Fault('bad-request', { what: 'body ended early' })
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    return taken
  }

  async line(limit: number): Promise<string> {
    for (;;) {
      const end = this.#held.indexOf('\r\n')
      if (end > limit || (end < 0 && this.#held.length > limit))
        throw new Fault('limit-exceeded', { what: 'part headers' })
      if (end >= 0) {
        const line = this.#held.subarray(0, end).toString('latin1')
        this.#held = this.#held.subarray(end + 2)
        return line
      }
      if (!(await this.#more())) throw new Fault('bad-request', { what: 'body ended early' })
    }
  }

  async skipTo(delimiter: Buffer): Promise<void> {
    for await (const _ of this.until(delimiter));
  }

  /** Everything before the delimiter, which is taken too. */
  async *until(delimiter: Buffer): AsyncGenerator<Buffer> {
    for (;;) {
      const at = this.#held.indexOf(delimiter)
      if (at >= 0) {
        const last = this.#held.subarray(0, at)
        this.#held = this.#held.subarray(at + delimiter.length)
        if (last.length) yield last
        return
      }
      // all but what may be the beginning of the delimiter
      const safe = this.#held.length - delimiter.length + 1
      if (safe > 0) {
        const piece = this.#held.subarray(0, safe)
        this.#held = this.#held.subarray(safe)
        yield piece
      }
      if (!(await this.#more())) throw new Fault('bad-request', { what: 'body ended early' })
    }
  }

  async #more(): Promise<boolean> {
    const { value, done } = await this.#chunks.next()
    if (done || value === undefined) return false
    this.#held = this.#held.length ? Buffer.concat([this.#held, value]) : value
    return true
  }
}
