/**
 * The link of ASTM E1381 (CLSI LIS1), both directions at once: one side asks (ENQ), sends frames that the other answers one by
 * one, and ends (EOT). What the receiver acknowledged is put together; a session whose every frame was acknowledged and that
 * ended is taken.
 */
import { MESSAGE_LIMITS } from '../hl7/index.ts'

export const CONTROL = {
  STX: 0x02,
  ETX: 0x03,
  EOT: 0x04,
  ENQ: 0x05,
  ACK: 0x06,
  LF: 0x0a,
  CR: 0x0d,
  NAK: 0x15,
  ETB: 0x17,
}
const { STX, ETX, EOT, ENQ, ACK, LF, CR, NAK, ETB } = CONTROL

export type Side = 'to-upstream' | 'to-modality'

export type AstmPiece =
  /** a session that its receiver took: the text of its frames, joined. `loose`: something of E1381 was missing */
  | {
      readonly type: 'message'
      readonly side: Side
      readonly bytes: Buffer
      readonly frames: number
      readonly loose: boolean
    }
  /** a session that did not come to its end, or a frame of which was never acknowledged; how much came of it */
  | { readonly type: 'lost'; readonly side: Side; readonly sizeBytes: number; readonly reason: AstmLoss }
  | { readonly type: 'refused'; readonly side: Side; readonly what: 'session' | 'frame' }
  | {
      readonly type: 'counted'
      readonly side: Side
      readonly what: 'frame' | 'again' | 'checksum' | 'number' | 'contention' | 'interrupt'
    }
  | { readonly type: 'junk'; readonly side: Side; readonly sizeBytes: number }

export type AstmLoss = 'not acknowledged' | 'cut' | 'too large'

interface Frame {
  readonly number: number
  readonly text: Buffer
  readonly last: boolean
}

interface Session {
  readonly side: Side
  readonly texts: Buffer[]
  sizeBytes: number
  frames: number
  /** sent, and not answered yet */
  open: Frame | undefined
  /** number of the last frame that was acknowledged */
  taken: number | undefined
  loose: boolean
  tooLarge: boolean
}

/** Both directions of one connection. */
export class AstmLine {
  readonly #ways: Readonly<Record<Side, FrameReader>> = {
    'to-upstream': new FrameReader(),
    'to-modality': new FrameReader(),
  }
  #session: Session | undefined
  /** who asked and was not answered yet */
  #asking: Side | undefined

  /** @returns what these bytes complete, in order */
  feed(side: Side, bytes: Uint8Array): AstmPiece[] {
    return this.#ways[side].read(bytes).flatMap((token) => this.#take(side, token))
  }

  /** The connection is over; `orderly`: both sides closed it. A session whose last frame was acknowledged only lacked its EOT. */
  end(orderly: boolean): AstmPiece[] {
    const session = this.#session
    this.#session = undefined
    this.#asking = undefined
    const junk = (['to-upstream', 'to-modality'] as const).flatMap((side) =>
      this.#ways[side].end().flatMap((token) => this.#take(side, token)),
    )
    if (!session) return junk
    session.loose = true
    return [...this.#finish(session, orderly), ...junk]
  }

  #take(side: Side, token: Token): AstmPiece[] {
    if (token.type === 'junk') return [{ type: 'junk', side, sizeBytes: token.sizeBytes }]
    if (token.type === 'frame') return this.#frame(side, token)
    if (token.byte === ENQ) return this.#ask(side)
    if (token.byte === EOT) return this.#over(side)
    return this.#answer(side, token.byte === ACK)
  }

  #ask(side: Side): AstmPiece[] {
    if (this.#asking && this.#asking !== side) {
      this.#asking = undefined
      return [{ type: 'counted', side, what: 'contention' }]
    }
    const before = this.#session
    this.#session = undefined
    this.#asking = side
    return before && before.side === side ? this.#finish({ ...before, loose: true }, true) : []
  }

  #answer(side: Side, positive: boolean): AstmPiece[] {
    const sender = other(side)
    if (this.#asking === sender) {
      this.#asking = undefined
      if (!positive) return [{ type: 'refused', side: sender, what: 'session' }]
      this.#session = begin(sender, false)
      return []
    }
    const session = this.#session
    if (session?.side !== sender || !session.open) return [{ type: 'junk', side, sizeBytes: 1 }]
    if (!positive) {
      session.open = undefined
      return [{ type: 'refused', side: sender, what: 'frame' }]
    }
    keep(session)
    return []
  }

  #frame(side: Side, { frame, checksum }: Extract<Token, { type: 'frame' }>): AstmPiece[] {
    const counted: AstmPiece[] = [{ type: 'counted', side, what: 'frame' }]
    if (checksum === 'wrong') counted.push({ type: 'counted', side, what: 'checksum' })
    const session = this.#session?.side === side ? this.#session : (this.#session = begin(side, true))
    this.#asking = undefined
    if (checksum === 'absent') session.loose = true
    if (session.open?.number === frame.number || (session.taken === frame.number && !session.open)) {
      counted.push({ type: 'counted', side, what: 'again' })
      // acknowledged before, and that was not heard: it is not taken twice, but its answer is awaited again
      session.open = session.taken === frame.number ? { ...frame, text: EMPTY } : frame
      return counted
    }
    if (session.taken !== undefined && frame.number !== (session.taken + 1) % 8) {
      counted.push({ type: 'counted', side, what: 'number' })
      session.loose = true
    }
    session.open = frame
    return counted
  }

  #over(side: Side): AstmPiece[] {
    const session = this.#session
    // a receiver that says EOT in place of ACK asks the sender to stop; the frame counts as taken (E1381 §6.5.1.4)
    if (session && session.side !== side) {
      if (session.open) keep(session)
      return [{ type: 'counted', side, what: 'interrupt' }]
    }
    this.#session = undefined
    this.#asking = undefined
    return session ? this.#finish(session, true) : []
  }

  #finish(session: Session, orderly: boolean): AstmPiece[] {
    const { side, texts, open, frames, loose, tooLarge } = session
    if (frames === 0 && !open) return []
    const bytes = Buffer.concat(open ? [...texts, open.text] : texts)
    if (tooLarge) return [{ type: 'lost', side, sizeBytes: session.sizeBytes, reason: 'too large' }]
    if (open) return [{ type: 'lost', side, sizeBytes: bytes.length, reason: 'not acknowledged' }]
    if (!orderly) return [{ type: 'lost', side, sizeBytes: bytes.length, reason: 'cut' }]
    return [{ type: 'message', side, bytes, frames, loose }]
  }
}

const EMPTY = Buffer.alloc(0)
const other = (side: Side): Side => (side === 'to-upstream' ? 'to-modality' : 'to-upstream')
const begin = (side: Side, loose: boolean): Session => ({
  ...{ side, texts: [], sizeBytes: 0, frames: 0, open: undefined, taken: undefined, loose, tooLarge: false },
})

function keep(session: Session): void {
  const { open } = session
  if (!open) return
  session.open = undefined
  session.taken = open.number
  if (open.text.length === 0) return
  session.frames++
  session.sizeBytes += open.text.length
  session.tooLarge ||= session.sizeBytes > MESSAGE_LIMITS.frameBytes.value
  if (session.tooLarge) session.texts.length = 0
  else session.texts.push(open.text)
}

type Token =
  | { readonly type: 'control'; readonly byte: number }
  | { readonly type: 'frame'; readonly frame: Frame; readonly checksum: 'right' | 'wrong' | 'absent' }
  | { readonly type: 'junk'; readonly sizeBytes: number }

/** One direction's bytes as control characters and frames; checksums are looked at, not insisted on. */
class FrameReader {
  #held: Buffer = EMPTY
  #inFrame = false

  read(chunk: Uint8Array): Token[] {
    const bytes = this.#held.length ? Buffer.concat([this.#held, chunk]) : Buffer.from(chunk)
    this.#held = EMPTY
    const tokens: Token[] = []
    let at = 0
    let junk = 0
    const flush = (): void => {
      if (junk) tokens.push({ type: 'junk', sizeBytes: junk })
      junk = 0
    }
    while (at < bytes.length) {
      const byte = bytes[at] as number
      if (byte === STX) {
        flush()
        const end = frameEnd(bytes, at)
        if (end === undefined) {
          if (bytes.length - at > MESSAGE_LIMITS.astmFrameBytes.value) {
            tokens.push({ type: 'junk', sizeBytes: bytes.length - at })
            return tokens
          }
          this.#held = Buffer.from(bytes.subarray(at))
          this.#inFrame = true
          return tokens
        }
        this.#inFrame = false
        tokens.push(end.token)
        at = end.at
      } else if (byte === ENQ || byte === EOT || byte === ACK || byte === NAK) {
        flush()
        tokens.push({ type: 'control', byte })
        at++
      } else {
        junk++
        at++
      }
    }
    flush()
    return tokens
  }

  end(): Token[] {
    if (!this.#inFrame) return []
    const bytes = this.#held
    this.#held = EMPTY
    this.#inFrame = false
    return [{ type: 'junk', sizeBytes: bytes.length }]
  }
}

/** STX number text ETX|ETB C1 C2 CR LF; a new STX or ENQ, or an EOT, means that the frame was cut */
function frameEnd(bytes: Buffer, start: number): { readonly token: Token; readonly at: number } | undefined {
  let at = start + 1
  while (at < bytes.length) {
    const byte = bytes[at] as number
    if (byte === ETX || byte === ETB) break
    if (byte === STX || byte === ENQ || byte === EOT) return { token: { type: 'junk', sizeBytes: at - start }, at }
    at++
  }
  if (at >= bytes.length) return undefined
  // the two hexadecimal digits and the line end may still be on their way
  const rest = bytes.subarray(at + 1, at + 5)
  if (rest.length < 4 && !isOver(rest)) return undefined
  const digits = /^[0-9A-Fa-f]{2}/.test(rest.toString('latin1'))
  let next = at + 1 + (digits ? 2 : 0)
  if (bytes[next] === CR) next++
  if (bytes[next] === LF) next++
  const sum = bytes.subarray(start + 1, at + 1).reduce((total, one) => (total + one) & 0xff, 0)
  const checksum = !digits ? 'absent' : sum === Number.parseInt(rest.toString('latin1', 0, 2), 16) ? 'right' : 'wrong'
  const digit = (bytes[start + 1] ?? 0) - 0x30
  const numbered = digit >= 0 && digit <= 9 && at > start + 1
  const text = Buffer.from(bytes.subarray(numbered ? start + 2 : start + 1, at))
  const frame: Frame = { number: numbered ? digit % 8 : 0, text, last: bytes[at] === ETX }
  return { token: { type: 'frame', frame, checksum }, at: next }
}

/** a frame without checksum is over when something else than hexadecimal digits and a line end follows */
const isOver = (rest: Buffer): boolean =>
  rest.length > 0 && !/^([0-9A-Fa-f]{1,2}|[0-9A-Fa-f]{2}\r|\r)$/.test(rest.toString('latin1'))

/** @returns frames of a message as a sender makes them, 240 characters at most each, numbered from 1 */
export function astmFrames(text: Uint8Array, size = 240): Buffer[] {
  const frames: Buffer[] = []
  for (let at = 0, number = 1; at < text.length; at += size, number = (number + 1) % 8) {
    const last = at + size >= text.length
    const body = Buffer.concat([Buffer.from(String(number)), text.subarray(at, at + size), Buffer.of(last ? ETX : ETB)])
    const sum = body.reduce((total, one) => (total + one) & 0xff, 0)
    const checksum = sum.toString(16).toUpperCase().padStart(2, '0')
    frames.push(Buffer.concat([Buffer.of(STX), body, Buffer.from(`${checksum}\r\n`)]))
  }
  return frames
}
