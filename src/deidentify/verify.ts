/** Reads what will be written, as anybody would, and looks for what must not be there. */
import { Fault } from '../base/index.ts'
import {
  formatTag,
  isPrivate,
  isTextVR,
  readAttributes,
  strings,
  uidEntry,
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
    for (const [tag, found] of at.byTag) {
      const refuse = (what: string): never => {
        throw new Fault('not-deidentified', { what, path: path + formatTag(tag) })
      }
      if (isPrivate(tag)) refuse('private attribute')
      if (found.vr === 'UI')
        for (const uid of strings(at, tag)) if (!uid.startsWith('2.25.') && !uidEntry(uid)) refuse('UID')
      if (found.value && (isTextVR(found.vr) || found.vr === 'CS' || found.vr === 'AE')) {
        const { buffer, byteOffset, byteLength } = found.value
        const value = Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
        if (words.some((word) => value.includes(word))) refuse('identifying word')
      }
      for (const [index, item] of (found.items ?? []).entries())
        work.push({ at: item, path: `${path}${formatTag(tag)}[${index}].` })
    }
  }
  return attributes
}
