/** Reads and writes what stands inside association PDUs by walking the layouts. */
import { Fault } from '../../../base/index.ts'
import { LIMITS } from '../limits.ts'
import { ITEM_LAYOUTS, type Field } from './layouts.ts'

export type FieldValue = number | string | Uint8Array | readonly Item[]
export type Fields = { readonly [name: string]: FieldValue }

export interface Item {
  readonly type: number
  readonly fields: Fields
}

/** items stand at most three deep: PDU, presentation context or user information, sub-item */
const DEPTH = 3

/**
 * @returns the named fields of a PDU or item
 * @throws Fault 'pdu-invalid' when a field or item reaches past its end, 'limit-exceeded' past LIMITS.itemsPerPdu
 */
export function readFields(
  layout: readonly Field[],
  bytes: Uint8Array,
  budget: { items: number } = { items: LIMITS.itemsPerPdu.value },
  depth = 0,
): Fields {
  const fields: Record<string, FieldValue> = {}
  let at = 0
  for (const { name, length, as } of layout) {
    const end = length === 'rest' ? bytes.length : at + length
    if (end > bytes.length) throw new Fault('pdu-invalid', { offset: at, what: name })
    const value = bytes.subarray(at, end)
    if (as === 'uint') fields[name] = value.reduce((sum, byte) => sum * 256 + byte, 0)
    else if (as === 'text') fields[name] = Buffer.from(value).toString('latin1')
    else if (as === 'bytes') fields[name] = value
    else if (as === 'items') fields[name] = readItems(value, budget, depth + 1)
    at = end
  }
  return fields
}

function readItems(bytes: Uint8Array, budget: { items: number }, depth: number): readonly Item[] {
  if (depth > DEPTH) throw new Fault('pdu-invalid', { what: 'depth' })
  const items: Item[] = []
  for (let at = 0; at < bytes.length;) {
    if (--budget.items < 0) throw new Fault('limit-exceeded', { what: 'items' })
    if (at + 4 > bytes.length) throw new Fault('pdu-invalid', { offset: at, what: 'item' })
    const type = bytes[at] as number
    const end = at + 4 + (((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number))
    if (end > bytes.length) throw new Fault('pdu-invalid', { offset: at, what: 'item' })
    const body = bytes.subarray(at + 4, end)
    const layout = ITEM_LAYOUTS[type]
    items.push({ type, fields: layout ? readFields(layout, body, budget, depth) : { bytes: body } })
    at = end
  }
  return items
}

/** The bytes of a PDU's or item's fields; text longer than its field is cut, shorter filled with spaces. */
export function writeFields(layout: readonly Field[], fields: Fields): Uint8Array {
  return Buffer.concat(layout.map((field) => writeField(field, fields[field.name])))
}

function writeField({ length, as }: Field, value: FieldValue | undefined): Uint8Array {
  if (as === 'reserved') return new Uint8Array(length as number)
  if (as === 'items') return Buffer.concat(((value ?? []) as readonly Item[]).map(writeItem))
  if (as === 'bytes') return value as Uint8Array
  if (as === 'text')
    return Buffer.from(length === 'rest' ? String(value) : String(value).padEnd(length).slice(0, length), 'latin1')
  const bytes = new Uint8Array(length as number)
  for (let at = bytes.length - 1, rest = Number(value); at >= 0; at--, rest = Math.floor(rest / 256))
    bytes[at] = rest % 256
  return bytes
}

function writeItem({ type, fields }: Item): Uint8Array {
  const layout = ITEM_LAYOUTS[type]
  const body = layout ? writeFields(layout, fields) : (fields.bytes as Uint8Array)
  return Buffer.concat([Uint8Array.of(type, 0, body.length >> 8, body.length & 0xff), body])
}
