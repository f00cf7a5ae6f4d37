/**
 * What the texts of an instance really say (PS3.3 §C.12.1.1.2 and what devices make of it): all of them are pooled, at any
 * depth, each with the set that its item declares, and decided together with what the device wrote before.
 */
import { createHash } from 'node:crypto'
import { Recent } from '../base/index.ts'
import {
  decideTexts,
  mergeMemories,
  type CharacterSetMemory,
  type Declared,
  type Encoding,
  type TextDecision,
} from '../standards/character-sets/index.ts'
import {
  attribute,
  decoderOf,
  isTextVR,
  latin1,
  type Attribute,
  type Attributes,
  type DataSet,
  type VR,
} from '../standards/dicom/index.ts'

/** How the texts of one instance are read, and what a report may say of it. */
export interface InstanceTexts {
  readonly status: 'ascii' | TextDecision['status']
  /** the encoding of most texts beyond ASCII, as declared or found */
  readonly characterSet: string
  /** the least of those decided; absent where there was nothing to choose between */
  readonly margin?: number
  /** texts that nobody can read: they are removed */
  readonly unsure: number
  /**
   * @param value the bytes of an attribute of this instance, the same array
   * @returns the text without padding, backslashes still between its values; undefined when unsure
   */
  decode(value: Uint8Array): string | undefined
  /** What was decided of one value. */
  decisionOf(value: Uint8Array): TextDecision
}

/** Habits of devices, by a digest of who they are: a station's name may be a person's. */
export class DeviceMemories {
  readonly #byDevice = new Map<string, CharacterSetMemory>()

  of(device: string): CharacterSetMemory {
    return this.#byDevice.get(device) ?? {}
  }

  set(device: string, memory: CharacterSetMemory): void {
    // the device that was not heard of for longest goes first
    this.#byDevice.delete(device)
    this.#byDevice.set(device, memory)
    if (this.#byDevice.size > MOST_DEVICES) this.#byDevice.delete(this.#byDevice.keys().next().value as string)
  }

  /** Plain data to be kept; `merge` takes it back, beside what was learned since. */
  entries(): Readonly<Record<string, CharacterSetMemory>> {
    return Object.fromEntries(this.#byDevice)
  }

  merge(entries: Readonly<Record<string, CharacterSetMemory>>): void {
    for (const [device, memory] of Object.entries(entries)) this.set(device, mergeMemories(this.of(device), memory))
  }
}
const MOST_DEVICES = 4096

/** Reads all texts of an instance and teaches the device's memory. Nothing is thrown: what cannot be read is unsure. */
export function textsOf(instance: DataSet<'identified'>, memories?: DeviceMemories): InstanceTexts {
  const pool = collected(instance.attributes)
  const texts = decided(pool, instance.attributes, memories)
  const byValue = new Map<Uint8Array, TextDecision>()
  for (let at = 0; at < pool.length; at++) byValue.set((pool[at] as Pooled).value, texts[at] as TextDecision)
  const decisionOf = (value: Uint8Array): TextDecision => byValue.get(value) ?? alone(value)
  return { ...summary(texts), decode: (value) => decisionOf(value).text, decisionOf }
}

/** of the texts met last: the instances of a series say the same, and are read the same */
const remembered = new Map<string, { readonly texts: readonly TextDecision[]; times: number }>()
const REMEMBERED = 64
/** a device is taught by so many instances that say the same */
const LESSONS = 8
const REMEMBERED_LENGTH = 8192

function decided(pool: readonly Pooled[], attributes: Attributes, memories?: DeviceMemories): readonly TextDecision[] {
  const device = memories ? deviceOf(attributes) : ''
  const key = keyOf(pool, device)
  const known = remembered.get(key)
  if (known && (!memories || known.times++ >= LESSONS)) return known.texts
  const { texts, memory } = decideTexts(pool, memories?.of(device))
  memories?.set(device, memory)
  // what nobody can read yet may be read once the device is better known
  if (key.length > REMEMBERED_LENGTH || texts.some(({ status }) => status === 'unsure')) return texts
  if (remembered.size >= REMEMBERED) remembered.delete(remembered.keys().next().value as string)
  if (!known) remembered.set(key, { texts, times: 0 })
  return texts
}

function keyOf(pool: readonly Pooled[], device: string): string {
  let key = device
  for (const { bytes, said } of pool) key += `\n${said} ${latin1(bytes)}`
  return key
}

/** A value that is no text by its VR: read only when there is nothing to decide. */
const alone = (value: Uint8Array): TextDecision =>
  decideTexts([{ bytes: withoutPadding(value) }]).texts[0] as TextDecision

interface Pooled {
  /** as it stands in the instance */
  readonly value: Uint8Array
  /** without padding */
  readonly bytes: Uint8Array
  readonly declared: Declared
  /** Specific Character Set, as it stands */
  readonly said: string
}

function collected(root: Attributes): readonly Pooled[] {
  const pool: Pooled[] = []
  const work: Attributes[] = [root]
  for (const attributes of work) {
    const said = attributes.characterSets.join('\\')
    const declared = declarations.of(said, () => declaredAs(attributes.characterSets))
    for (const found of attributes.byTag.values()) {
      const { value } = found
      if (value && isRead(found)) pool.push({ value, bytes: withoutPadding(value), declared, said })
      if (found.items) work.push(...found.items)
    }
  }
  return pool
}
/** a site's devices declare few sets */
const declarations = new Recent<Declared>(100)

/** Devices write letters beyond ASCII where Specific Character Set does not reach, too: in codes and titles. */
const ASCII_ONLY: ReadonlySet<VR> = new Set(['CS', 'AE'])
const isRead = ({ vr, value }: Attribute) =>
  isTextVR(vr) || (ASCII_ONLY.has(vr) && value?.some((byte) => byte >= 0x80) === true)

function withoutPadding(value: Uint8Array): Uint8Array {
  let end = value.length
  while (end > 0 && (value[end - 1] === 0x20 || value[end - 1] === 0)) end--
  return value.subarray(0, end)
}

/** defined terms whose bytes a detector knows too; the default repertoire vouches for no letter beyond ASCII */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 192': 'utf-8',
}
const OTHERS = /^(ISO_IR (101|109|110|127|126|138|148|203|13|166)|GB18030|GBK)$/

function declaredAs(characterSets: readonly string[]): Declared {
  const decoder = decoderOf(characterSets)
  const first = (characterSets[0] ?? '').replace(/^ISO 2022 IR /, 'ISO_IR ')
  const encoding = ENCODINGS[first]
  if (encoding) return { encoding, decode: decoder }
  return OTHERS.test(first) ? { decode: decoder } : { encoding: 'windows-1252', byDefault: true, decode: decoder }
}

/** Who a device is, for its memory: what it is called may be a person's name. */
export const deviceDigest = (who: string): string => createHash('sha256').update(who).digest('base64url')

const WHO = ['Manufacturer', 'ManufacturerModelName', 'StationName', 'SoftwareVersions', 'DeviceSerialNumber']
function deviceOf(attributes: Attributes): string {
  const hash = createHash('sha256')
  for (const keyword of WHO) hash.update(attribute(attributes, keyword)?.value ?? '').update('\0')
  return hash.digest('base64url')
}

const WORST = ['declared', 'detected', 'repaired', 'unsure'] as const

function summary(texts: readonly TextDecision[]): Omit<InstanceTexts, 'decode' | 'decisionOf'> {
  const beyond = texts.filter(({ encoding }) => encoding !== 'us-ascii')
  const times = new Map<string, number>()
  for (const { encoding = 'other' } of beyond) times.set(encoding, (times.get(encoding) ?? 0) + 1)
  const [most = 'us-ascii'] = [...times].sort(([, a], [, b]) => b - a)[0] ?? []
  const margin = Math.min(...beyond.map((one) => one.margin))
  return {
    status:
      beyond.length === 0 ? 'ascii' : (WORST.findLast((one) => beyond.some(({ status }) => status === one)) ?? 'ascii'),
    characterSet: most,
    ...(Number.isFinite(margin) ? { margin } : {}),
    unsure: texts.filter(({ status }) => status === 'unsure').length,
  }
}
