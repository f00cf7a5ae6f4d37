/** What may be a clinical document: told by its first tag, before anything is parsed. */
const LOOKED_AT = 64 * 1024

/** whether bytes begin as XML does, whatever it is */
export const looksLikeXml = (bytes: Uint8Array): boolean => /^(\xef\xbb\xbf)?\s*<[?!A-Za-z]/.test(head(bytes, 64))

/**
 * @param bytes a document, or a MIME package with one (CDA R2 §3)
 * @returns the document itself; undefined where there is none
 */
export function documentIn(bytes: Uint8Array): Uint8Array | undefined {
  const text = head(bytes, LOOKED_AT)
  const root = text.search(/<(?:[\w.-]+:)?ClinicalDocument[\s>]/)
  if (root < 0) return undefined
  if (looksLikeXml(bytes)) return bytes
  const prolog = text.lastIndexOf('<?xml', root)
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const last = all.lastIndexOf('ClinicalDocument')
  const end = all.indexOf('>', last)
  return end < 0 ? undefined : all.subarray(prolog < 0 ? root : prolog, end + 1)
}

const head = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.byteLength)).toString('latin1')
