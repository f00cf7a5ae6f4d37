/** The DICOM JSON Model (PS3.18 Annex F). */
import { dictionaryEntry, type Tag } from '../dictionary/attributes.ts'
import { binaryNumbers, decodeStrings, type Attribute, type Attributes } from '../encoding/attributes.ts'
import { isBinaryVR, type VR } from '../encoding/vr.ts'

export interface JsonElement {
  readonly vr: VR
  readonly Value?: readonly unknown[]
  readonly InlineBinary?: string
  readonly BulkDataURI?: string
}
export type DicomJson = { [tag: string]: JsonElement }

export interface JsonOptions {
  /** for values that were not kept or are longer than `inlineBytes`; the path is `ggggeeee` with `/index/` into items */
  readonly bulkDataURI?: (path: string, attribute: Attribute) => string
  /** binary values up to this length stand in the JSON; default 256 */
  readonly inlineBytes?: number
}

/** @returns one property a tag, eight hexadecimal digits, in ascending order; group lengths are left out */
export function toJSON(attributes: Attributes, options: JsonOptions = {}): DicomJson {
  const root: DicomJson = {}
  const work: { from: Attributes; into: DicomJson; path: string }[] = [{ from: attributes, into: root, path: '' }]
  for (let at = 0; at < work.length; at++) {
    const { from, into, path } = work[at] as (typeof work)[number]
    for (const [tag, attribute] of from.byTag) {
      if ((tag & 0xffff) === 0) continue
      const key = hex(tag)
      if (!attribute.items) {
        into[key] = element(attribute, from, path + key, options)
        continue
      }
      const value = attribute.items.map((item, index) => {
        const inside: DicomJson = {}
        work.push({ from: item, into: inside, path: `${path}${key}/${index}/` })
        return inside
      })
      into[key] = { vr: 'SQ', ...(value.length ? { Value: value } : {}) }
    }
  }
  return root
}

function element(
  attribute: Attribute,
  attributes: Attributes,
  path: string,
  { bulkDataURI, inlineBytes = 256 }: JsonOptions,
): JsonElement {
  const { vr, value, length } = attribute
  if (length === 0 || value?.length === 0) return { vr }
  if (!value || (isBytes(vr) && value.length > inlineBytes))
    return bulkDataURI ? { vr, BulkDataURI: bulkDataURI(path, attribute) } : { vr }
  if (isBytes(vr)) return { vr, InlineBinary: Buffer.from(value).toString('base64') }
  const Value =
    vr === 'AT'
      ? tags(value, attributes.littleEndian)
      : isBinaryVR(vr)
        ? binaryNumbers(vr, value, attributes.littleEndian).map(finite)
        : words(attribute, value, attributes)
  return Value.every((one) => one === null) ? { vr } : { vr, Value }
}

function words({ vr }: Attribute, value: Uint8Array, attributes: Attributes): readonly unknown[] {
  const values = decodeStrings(vr, value, attributes.characterSets)
  if (vr === 'PN') return values.map((name) => (name === '' ? null : personName(name)))
  if (vr === 'DS' || vr === 'IS')
    return values.map((word) => (word === '' ? null : Number.isFinite(Number(word)) ? Number(word) : word))
  return values.map((word) => (word === '' ? null : word))
}

function personName(name: string): Record<string, string> {
  const [alphabetic, ideographic, phonetic] = name.split('=')
  return {
    ...(alphabetic ? { Alphabetic: alphabetic } : {}),
    ...(ideographic ? { Ideographic: ideographic } : {}),
    ...(phonetic ? { Phonetic: phonetic } : {}),
  }
}

function tags(value: Uint8Array, littleEndian: boolean): readonly string[] {
  return binaryNumbers('AT', value, littleEndian).map(hex)
}

const isBytes = (vr: VR): boolean => vr === 'UN' || (vr.startsWith('O') && vr.length === 2)
/** JSON has no NaN and no infinities; PS3.18 §F.2.2 leaves them as words */
const finite = (value: number): number | string =>
  Number.isFinite(value) ? value : Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
const hex = (tag: Tag): string => tag.toString(16).padStart(8, '0').toUpperCase()

/** The keyword of a JSON key, where the dictionary has it. */
export const keywordOfKey = (key: string): string | undefined => dictionaryEntry(Number.parseInt(key, 16))?.keyword
