/**
 * Planted identifiers that survive: each as its own bytes and in every encoding a device or a tool may turn it into, searched
 * in the bytes of the output (deflated data sets inflated). An absent output is no pass: it is counted as missing.
 */
import { existsSync, readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'
import { encode, type Encoding } from '../../src/standards/character-sets/index.ts'

/** One line of an answer key. */
export interface Planted {
  readonly file: string
  readonly where: string
  readonly kind: string
  readonly value: string
  readonly hex: string
  readonly expect: string
}

export interface LeakCount {
  readonly checks: number
  readonly leaks: number
  readonly byKind: Readonly<Record<string, readonly [leaks: number, checks: number]>>
  readonly leaked: readonly Planted[]
  /** inputs without an output */
  readonly missing: readonly string[]
  readonly keptPhrases: number
  readonly kept: readonly Planted[]
  readonly phrases: number
}

/** judged by other checks, or left open by the key */
const ELSEWHERE = new Set(['BURNED_IN', 'KEEP_PIXELS', 'QI', 'KEEP_OR_DROP'])

export const readKey = (file: string): readonly Planted[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Planted)

/** @param outputOf the output of an input of the key; undefined when there is none */
export function leaksOf(key: readonly Planted[], outputOf: (file: string) => string | undefined): LeakCount {
  const contents = new Map<string, Buffer | undefined>()
  const content = (file: string) => {
    if (!contents.has(file)) {
      const output = outputOf(file)
      contents.set(file, output && existsSync(output) ? searchable(readFileSync(output)) : undefined)
    }
    return contents.get(file)
  }
  const byKind: Record<string, [number, number]> = {}
  const leaked: Planted[] = []
  const kept: Planted[] = []
  let [checks, phrases] = [0, 0]
  for (const planted of key) {
    const bytes = content(planted.file)
    if (!bytes || ELSEWHERE.has(planted.kind)) continue
    const survives = () => forms(planted).some((form) => bytes.includes(form))
    if (planted.expect.startsWith('kept')) {
      if (!planted.expect.startsWith('kept-if-clean')) continue
      phrases++
      if (survives()) kept.push(planted)
      continue
    }
    checks++
    const count = (byKind[planted.kind] ??= [0, 0])
    count[1]++
    if (!survives()) continue
    count[0]++
    leaked.push(planted)
  }
  const missing = [...contents].filter(([, bytes]) => !bytes).map(([file]) => file)
  return { checks, leaks: leaked.length, byKind, leaked, missing, keptPhrases: kept.length, kept, phrases }
}

const WRITTEN: readonly Encoding[] = ['utf-8', 'windows-1251', 'koi8-r', 'ibm866', 'iso-8859-5']
const MISREAD = ['latin1', 'windows-1252', 'iso-8859-5', 'iso-8859-2', 'windows-1251']
const SHORTEST = 4

/** @returns the bytes in which an identifier may stand, four or longer */
export function forms({ value, hex }: Pick<Planted, 'value' | 'hex'>): readonly Buffer[] {
  const found = new Map<string, Buffer>()
  const add = (bytes: Uint8Array | undefined) => {
    if (bytes && bytes.length >= SHORTEST && !Buffer.from(bytes).includes('\ufffd'))
      found.set(Buffer.from(bytes).toString('latin1'), Buffer.from(bytes))
  }
  add(Buffer.from(hex, 'hex').subarray(0, lastOf(Buffer.from(hex, 'hex'))))
  if (value) {
    for (const encoding of WRITTEN) {
      const bytes = encode(value, encoding)
      add(bytes)
      // what a tool makes of it that reads it wrongly and writes UTF-8
      if (bytes) for (const label of MISREAD) add(Buffer.from(new TextDecoder(label).decode(bytes)))
    }
    const utf16 = Buffer.from(value, 'utf16le')
    add(utf16)
    add(Buffer.from(utf16).swap16())
  }
  return [...found.values()]
}

function lastOf(bytes: Buffer): number {
  let end = bytes.length
  while (end > 0 && (bytes[end - 1] === 0x20 || bytes[end - 1] === 0)) end--
  return end
}

const DEFLATED = '1.2.840.10008.1.2.1.99'

function searchable(file: Buffer): Buffer {
  const at = file.indexOf(DEFLATED)
  if (at < 0 || at > 400) return file
  const metaBytes = file.readUInt32LE(140)
  try {
    return Buffer.concat([file, inflateRawSync(file.subarray(144 + metaBytes))])
  } catch {
    // a tool may say so and write the data set as it is
    return file
  }
}
