/** New UIDs for those that somebody made (PS3.5 §B.2): keyed, so that knowing the old one does not give the new one. */
import { isOfStandard } from '../standards/dicom/index.ts'
import { keyedHash } from './pseudonyms/keyed-hash.ts'

/** of each key, the UIDs last mapped: those of a study come again with each of its instances */
const mapped = new WeakMap<Uint8Array, Map<string, string>>()
const MAPPED_KEPT = 4096

/** @returns the UID itself when the standard gave it out, else always the same `2.25.` UID for the key */
export function mapUID(uid: string, key: Uint8Array): string {
  let known = mapped.get(key)
  const before = known?.get(uid)
  if (before !== undefined) return before
  if (isOfStandard(uid)) return uid
  if (!known || known.size >= MAPPED_KEPT) mapped.set(key, (known = new Map<string, string>()))
  const made = `2.25.${BigInt(`0x${keyedHash(key, uid).toString('hex', 0, 16)}`)}`
  known.set(uid, made)
  return made
}
