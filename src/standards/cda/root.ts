/** What an XML document is, told by its first tag, before anything is parsed. */
const LOOKED_AT = 64 * 1024

export const CLINICAL_DOCUMENT = 'ClinicalDocument'

/** artifact identifier of an interaction (HL7 v3 §2.7): `POLB_IN224200UV01` */
const INTERACTION = /^[A-Z]{4}_IN\d{6}(?:[A-Z]{2}\d{0,2})?$/

export const isInteraction = (name: string): boolean => INTERACTION.test(name)

/** @returns the local name of the root; undefined where something else comes first, a DOCTYPE for one */
export function rootOf(bytes: Uint8Array): string | undefined {
  const text = head(bytes, LOOKED_AT)
  const prolog = /^(?:\xef\xbb\xbf)?(?:\s|<\?[\s\S]*?\?>|<!--[\s\S]*?-->)*/.exec(text)?.[0] ?? ''
  return /^<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]/.exec(text.slice(prolog.length))?.[1]
}

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
  const prolog = [...text.slice(0, root).matchAll(/<\?xml\s/g)].at(-1)?.index ?? -1
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const last = all.lastIndexOf(CLINICAL_DOCUMENT)
  const end = all.indexOf('>', last)
  return end < 0 ? undefined : all.subarray(prolog < 0 ? root : prolog, end + 1)
}

const head = (bytes: Uint8Array, length: number): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(length, bytes.byteLength)).toString('latin1')
