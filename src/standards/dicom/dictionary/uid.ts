/** Unique identifiers (PS3.5 §9.1) and the registry of those the standard gives out (PS3.6 Annex A). */
import { Fault } from '../../../base/index.ts'
import { UIDS } from './uids.generated.ts'

/** A DICOM unique identifier: digits and dots, at most 64 characters (PS3.5 §9.1). */
export type UID = string & { readonly __brand: 'UID' }

export interface UIDEntry {
  readonly uid: UID
  readonly name: string
  /** as Annex A puts it: `SOP Class`, `Transfer Syntax`, `Coding Scheme`, … */
  readonly kind: string
  readonly retired: boolean
}

/** Components without leading zeros, as PS3.5 §9.1 has it. */
export const isUID = (text: string): text is UID => text.length <= 64 && /^(0|[1-9]\d*)(\.(0|[1-9]\d*))+$/.test(text)

/**
 * @param text with the trailing NUL or space that pads it in a data set, or without
 * @throws Fault 'not-a-uid'
 */
export function toUID(text: string): UID {
  const trimmed = text.replace(/[\0 ]+$/, '')
  if (!isUID(trimmed)) throw new Fault('not-a-uid', { length: text.length })
  return trimmed
}

/**
 * A UID as a device wrote it: too long, or with leading zeros, and yet the name of an instance. Only what maps it anew may
 * take it; what we write is a UID.
 * @throws Fault 'not-a-uid' for anything but digits and dots, or more than 128 of them
 */
export function claimedUID(text: string): UID {
  const trimmed = text.replace(/[\0 ]+$/, '')
  if (!/^[\d.]{1,128}$/.test(trimmed)) throw new Fault('not-a-uid', { length: text.length })
  return trimmed as UID
}

/** @returns what the registry says of a UID; undefined for one that somebody else made */
export function uidEntry(uid: string): UIDEntry | undefined {
  const [given, kind = '', retired = '', ...name] = registry.get(uid)?.split(' ') ?? []
  if (given === undefined) return undefined
  return { uid: given as UID, kind: kind.replaceAll('-', ' '), retired: retired === 'R', name: name.join(' ') }
}

/** storage classes of later editions than ours: short numbers below the standard's own root for them (PS3.4 §B.5) */
const STORAGE_CLASS = /^1\.2\.840\.10008\.5\.1\.4(\.\d{1,4}){2,6}$/

/** Whether a UID is the standard's, now or in a later edition: it names a class or a syntax, and nobody. */
export const isOfStandard = (uid: string): boolean => registry.has(uid) || STORAGE_CLASS.test(uid)

// each row stays text until it is asked for: every process has this table
const registry = new Map<string, string>()
for (let from = 1, to = 0; from < UIDS.length; from = to + 1) {
  to = UIDS.indexOf('\n', from)
  registry.set(UIDS.slice(from, UIDS.indexOf(' ', from)), UIDS.slice(from, to))
}
