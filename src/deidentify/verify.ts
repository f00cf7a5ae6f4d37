/** Reads what will be written, as anybody would, and looks for what must not be there. */
import { Fault } from '../base/index.ts'
import {
  formatTag,
  isPrivate,
  isTextVR,
  readAttributes,
  strings,
  uidEntry,
  type Attribute,
  type Attributes,
  type ByteSource,
  type TransferSyntax,
} from '../standards/dicom/index.ts'

/**
 * @returns the attributes as they will be written
 * @throws Fault 'not-deidentified' with the path of what was found
 */
export function verified(
  plan: ByteSource,
  syntax: TransferSyntax,
  dataSetOffset: number,
  words: readonly string[],
): Attributes {
  const attributes = readAttributes(plan, syntax, { startOffset: dataSetOffset })
  const work: { readonly at: Attributes; readonly path: string }[] = [{ at: attributes, path: '' }]
  for (const { at, path } of work) {
    for (const found of at.byTag.values()) {
      const what = wrong(at, found, words)
      if (what) throw new Fault('not-deidentified', { what, path: path + formatTag(found.tag) })
      for (const [index, item] of (found.items ?? []).entries())
        work.push({ at: item, path: `${path}${formatTag(found.tag)}[${index}].` })
    }
  }
  return attributes
}

function wrong(at: Attributes, { tag, vr, value }: Attribute, words: readonly string[]): string | undefined {
  if (isPrivate(tag)) return 'private attribute'
  if (vr === 'UI' && strings(at, tag).some((uid) => !uid.startsWith('2.25.') && !uidEntry(uid))) return 'UID'
  if (value && (isTextVR(vr) || vr === 'CS' || vr === 'AE')) {
    const text = Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')
    if (words.some((word) => text.includes(word))) return 'identifying word'
  }
  return undefined
}
