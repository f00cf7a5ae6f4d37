/**
 * The character set of a message: what MSH-18 declares (HL7 table 0211) is a hint, the bytes decide. Sets whose characters
 * hide delimiters in their second byte are decoded before anything is divided.
 */
import { Fault, Recent } from '../../base/index.ts'
import { decideTexts, utf8Shape, type Declared, type Encoding } from '../character-sets/index.ts'
import { code, readMessage, type Message } from './message.ts'
import { parsePath, type Path } from './path.ts'

interface Set0211 {
  /** as the Encoding Standard calls it */
  readonly label: string
  /** as the detector calls it, where it knows it */
  readonly encoding?: Encoding
  /** a character's second byte may be `\`, `^`, `|` or `~`, or stand in seven bits */
  readonly hides?: true
}

/** HL7 table 0211 and what makers write in its place */
const TABLE_0211: Readonly<Record<string, Set0211>> = {
  ASCII: { label: 'windows-1252', encoding: 'us-ascii' },
  '8859/1': { label: 'iso-8859-1', encoding: 'iso-8859-1' },
  '8859/2': { label: 'iso-8859-2' },
  '8859/5': { label: 'iso-8859-5', encoding: 'iso-8859-5' },
  '8859/9': { label: 'iso-8859-9' },
  '8859/15': { label: 'iso-8859-15' },
  UNICODE: { label: 'utf-8', encoding: 'utf-8' },
  'UNICODE UTF-8': { label: 'utf-8', encoding: 'utf-8' },
  'UTF-8': { label: 'utf-8', encoding: 'utf-8' },
  UTF8: { label: 'utf-8', encoding: 'utf-8' },
  'WINDOWS-1251': { label: 'windows-1251', encoding: 'windows-1251' },
  CP1251: { label: 'windows-1251', encoding: 'windows-1251' },
  '1251': { label: 'windows-1251', encoding: 'windows-1251' },
  'KOI8-R': { label: 'koi8-r', encoding: 'koi8-r' },
  CP866: { label: 'ibm866', encoding: 'ibm866' },
  'GB 18030-2000': { label: 'gb18030', hides: true },
  GB18030: { label: 'gb18030', hides: true },
  GBK: { label: 'gbk', hides: true },
  GB2312: { label: 'gbk', hides: true },
  'BIG-5': { label: 'big5', hides: true },
  'ISO IR87': { label: 'iso-2022-jp', hides: true },
  'ISO IR14': { label: 'shift_jis', hides: true },
  SHIFT_JIS: { label: 'shift_jis', hides: true },
  'KS X 1001': { label: 'euc-kr', hides: true },
}

/** how the character set of a message was settled */
export interface CharacterSetDecision {
  /** MSH-18 as sent; empty when nothing is declared */
  readonly declared: string
  /** what most of its texts are in; `mixed` when they differ, undefined when it is unsure */
  readonly encoding: string | undefined
  readonly status: 'ascii' | 'declared' | 'detected' | 'unsure'
}

/**
 * Reads a message whose characters may hide delimiters: declared or detected as such it is decoded first and
 * `message.original` is false; any other is a view over the bytes as they are.
 * @throws Fault 'message-invalid', 'limit-exceeded'
 */
export function readDecoded(bytes: Buffer): { readonly message: Message; readonly hidden?: CharacterSetDecision } {
  const message = readMessage(bytes)
  const declared = declaredOf(message)
  const known = TABLE_0211[declared.toUpperCase()]
  const hides = known?.hides === true
  if (!hides && !looksChinese(bytes, known)) return { message }
  const label = hides ? known.label : 'gb18030'
  return {
    message: readMessage(Buffer.from(textBy(label, bytes)), { original: false }),
    hidden: { declared, encoding: label, status: hides ? 'declared' : 'detected' },
  }
}

/** @internal */
export const declaredOf = (message: Message): string => code(message, CHARACTER_SET).trim()
const CHARACTER_SET = parsePath('MSH.18') as Path

/** @internal what MSH-18 says, as the detector wants it */
export const declaration = (declared: string): Declared => declarations.of(declared, newDeclaration)
const declarations = new Recent<Declared>(50)

function newDeclaration(declared: string): Declared {
  const known = TABLE_0211[declared.toUpperCase()] ?? { label: 'windows-1252', encoding: 'us-ascii' }
  return {
    ...(known.encoding ? { encoding: known.encoding } : {}),
    ...(TABLE_0211[declared.toUpperCase()] && known.encoding !== 'us-ascii' ? {} : { byDefault: true }),
    decode: (bytes) => textBy(known.label, bytes),
  }
}

function textBy(label: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(label).decode(bytes)
  } catch (error) {
    throw new Fault('internal', { what: 'decoder' }, error)
  }
}

const FEWEST_PAIRS = 6

/**
 * Undeclared GBK: every byte beyond ASCII belongs to a pair, the pairs are common Chinese characters (GB 2312 level 1),
 * and as Russian they make no sense.
 */
function looksChinese(bytes: Buffer, known: Set0211 | undefined): boolean {
  if (known?.encoding === 'windows-1251' || known?.encoding === 'iso-8859-5') return false
  let pairs = 0
  let common = 0
  for (let at = 0; at < bytes.length; at++) {
    const lead = bytes[at] as number
    if (lead < 0x80) continue
    const trail = bytes[++at]
    if (lead < 0x81 || lead > 0xfe || trail === undefined || trail < 0x40 || trail === 0x7f || trail > 0xfe)
      return false
    pairs++
    if (lead >= 0xb0 && lead <= 0xd7 && trail >= 0xa1) common++
  }
  if (pairs < FEWEST_PAIRS || common / pairs < 0.8 || utf8Shape(bytes)) return false
  const high = bytes.filter((byte) => byte >= 0x80)
  const [decision] = decideTexts([{ bytes: high, declared: declaration('') }]).texts
  return decision?.status === 'unsure'
}
