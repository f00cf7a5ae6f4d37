/** Digits in bytes: dates, numbers and UIDs of this patient, and numbers that identify anybody. */
import { isSnils } from '../text/numbers.ts'

/** what is looked for among digits; each as digits and dots alone */
export interface KnownDigits {
  readonly numbers: ReadonlySet<string>
  /** YYYYMMDD */
  readonly dates: ReadonlySet<string>
  readonly uids: ReadonlySet<string>
  /** beginnings of UIDs that belong to their makers */
  readonly roots: readonly string[]
}

const isDigit = (byte: number | undefined) => byte !== undefined && byte > 0x2f && byte < 0x3a
const FEWEST = 6
export const ORIGINAL_DATE = 'original date'

/** One by one, where digits stand that are known or identify anybody by themselves, and what they are. */
export function* digitsIn(
  bytes: Uint8Array,
  known: KnownDigits,
): Generator<{ readonly at: number; readonly what: string }> {
  for (let at = 0; at < bytes.length; at++) {
    if (!isDigit(bytes[at])) continue
    let end = at + 1
    let digits = 1
    // brackets, spaces and dashes between digits belong to a number as people write it
    for (; end < bytes.length; end++) {
      const byte = bytes[end] as number
      if (isDigit(byte)) digits++
      else if (!(byte === 0x2e || byte === 0x2d || byte === 0x20 || byte === 0x28 || byte === 0x29)) break
    }
    if (digits >= FEWEST) {
      const run = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at).toString('latin1')
      const what = judged(run, bytes[at - 1], known)
      if (what) yield { at, what }
    }
    at = end
  }
}

function judged(
  run: string,
  before: number | undefined,
  { numbers, dates, uids, roots }: KnownDigits,
): string | undefined {
  for (const piece of run.split(/[ ()-]+|\.+(?=$)/)) {
    if (piece.length < FEWEST) continue
    if (numbers.has(piece)) return 'identifying number'
    if (dates.has(piece)) return ORIGINAL_DATE
    if (!piece.includes('.')) continue
    if (uids.has(piece) || roots.some((root) => piece.startsWith(root))) return 'original UID'
  }
  if (!/[ ()-]/.test(run)) return undefined
  const digits = run.replace(/\D/g, '')
  if (numbers.has(digits)) return 'identifying number'
  const snils = /^(\d{3})-(\d{3})-(\d{3})[ -](\d{2})$/.exec(run.trim())
  if (snils && isSnils(digits)) return 'SNILS'
  const isPlus = before === 0x2b
  return (isPlus || /^8[ (-]/.test(run)) && /^[78][ (-]{1,2}\d{3,5}[) -]{1,2}\d{1,3}[ -]?\d{2}[ -]?\d{2}\s*$/.test(run)
    ? 'telephone number'
    : undefined
}
