/** What the codec of messages must be: the same bytes again, the same frames however they arrive, no exception on anything. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { laboratoryMessages } from '../src/app/demo/index.ts'
import {
  fieldsOf,
  MllpDeframer,
  readDecoded,
  readMessage,
  splice,
  splitBatch,
  textsOf,
} from '../src/standards/hl7/index.ts'

const CORPUS = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'hl7')

/** public messages where they are at hand, and what the demo's analysers send */
export function corpus(): Buffer[] {
  const made = Array.from({ length: 12 }, (_, at) => laboratoryMessages(at).hl7).flat()
  if (!existsSync(CORPUS)) return made
  const files = readdirSync(CORPUS).filter((name) => name.endsWith('.hl7'))
  return [...made, ...files.map((name) => readFileSync(join(CORPUS, name)))]
}

/** every field of every message replaced by its own bytes, and the whole compared */
export function roundTrip(messages: readonly Buffer[]): number {
  return messages.filter((bytes) => {
    const pieces = splitBatch(bytes).messages.map(({ start, end }) => {
      const message = readMessage(bytes.subarray(start, end))
      const ranges = message.segments.flatMap((segment) => fieldsOf(message, segment))
      return splice(
        message,
        ranges.map((range) => ({ range, bytes: message.bytes.subarray(range.start, range.end) })),
      )
    })
    const parts = splitBatch(bytes).messages.map(({ start, end }) => bytes.subarray(start, end))
    return parts.length > 0 && Buffer.concat(pieces).equals(Buffer.concat(parts))
  }).length
}

/** @returns undefined where python3-hl7 is not installed */
export function pythonFigures(
  messages: readonly Buffer[],
  seconds: number,
): { readonly same: number; readonly perSecond: number } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const program = `
import hl7, sys, os, time
texts = [open(os.path.join(sys.argv[1], name), 'rb').read() for name in sorted(os.listdir(sys.argv[1]))]
def again(raw):
    try:
        return str(hl7.parse(raw.decode('utf-8'))).encode('utf-8')
    except Exception:
        return None
same = sum(again(raw) == raw for raw in texts)
started, count = time.perf_counter(), 0
while time.perf_counter() - started < float(sys.argv[2]):
    for raw in texts:
        try:
            hl7.parse(raw.decode('utf-8'))
        except Exception:
            pass
        count += 1
print(same, count / (time.perf_counter() - started))`
  try {
    for (const [at, bytes] of messages.entries()) writeFileSync(join(folder, String(at)), bytes)
    const told = execFileSync('/usr/bin/python3', ['-c', program, folder, String(seconds)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [same = NaN, perSecond = NaN] = told.split(' ').map(Number)
    return { same, perSecond }
  } catch {
    return undefined
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @returns messages a second that are divided into segments and fields */
export function dividing(messages: readonly Buffer[], ms: number): number {
  const startedAt = performance.now()
  let count = 0
  while (performance.now() - startedAt < ms)
    for (const bytes of messages) {
      try {
        const message = readMessage(bytes)
        for (const segment of message.segments) fieldsOf(message, segment)
      } catch {
        // a batch header alone
      }
      count++
    }
  return (1000 * count) / (performance.now() - startedAt)
}

/** numbers that are the same on every run */
function* numbers(): Generator<number, never> {
  for (let state = 88_172_645; ;) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    yield state >>> 0
  }
}

export function fuzz(quick: boolean): { differences: number; exceptions: number; streams: number; mutated: number } {
  const source = numbers()
  const next = (below: number) => source.next().value % below
  const [streams, mutated] = quick ? [400, 4500] : [4000, 45_000]
  let differences = 0
  for (let stream = 0; stream < streams; stream++) {
    const bytes = Buffer.from(
      Array.from({ length: next(400) }, () => [0x0b, 0x1c, 0x0d, 0x0a, 0x41, next(256)][next(6)] as number),
    )
    const told = (cut: boolean): string => {
      const deframer = new MllpDeframer()
      const pieces: string[] = []
      let covered = 0
      const take = (some: ReturnType<MllpDeframer['feed']>): void => {
        for (const piece of some) {
          if (piece.start !== covered) pieces.push('a gap')
          covered = piece.end
          if ('bytes' in piece) pieces.push(`${piece.type} ${piece.bytes.toString('hex')}`)
        }
      }
      for (let at = 0; at < bytes.length;) {
        const size = cut ? 1 + next(20) : bytes.length
        take(deframer.feed(Buffer.from(bytes.subarray(at, at + size))))
        at += size
      }
      take(deframer.end())
      return `${pieces.join('\n')} ${covered === bytes.length}`
    }
    if (told(true) !== told(false)) differences++
  }
  let exceptions = 0
  const seeds = corpus()
  for (let one = 0; one < mutated; one++) {
    const bytes = Buffer.from(seeds[next(seeds.length)]?.subarray(0, 4000) ?? [])
    for (let change = next(8); change >= 0; change--) bytes[next(bytes.length)] = next(256)
    try {
      const { message, hidden } = readDecoded(bytes.subarray(0, 1 + next(bytes.length)))
      textsOf(message, hidden).at('PID.5.1')
    } catch (error) {
      if ((error as { name?: string }).name !== 'Fault') exceptions++
    }
  }
  return { differences, exceptions, streams, mutated }
}
