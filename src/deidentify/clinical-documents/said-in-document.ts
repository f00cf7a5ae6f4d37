/** Whose document it is, and what it says of people: names, numbers, places. None of it leaves the gate. */
import { sensitiveSpans, type ClinicalDocument, type SensitiveSpan } from '../../standards/cda/index.ts'
import type { Identity } from '../identity.ts'
import type { Said } from '../messages/said.ts'

/** the personal number of the pension fund: known everywhere, and so the last to be chosen */
const SNILS = '1.2.643.100.3'

/**
 * The patient's number in the system that wrote the document (patientRole/id, the first that is no SNILS), its root as
 * the issuer; without a patient the document stands for the person.
 */
export function identityInDocument({ patient, id }: ClinicalDocument): Identity {
  const given = patient.ids.filter(({ extension }) => extension.trim() !== '')
  const chosen = given.find(({ root }) => root !== SNILS) ?? given[0]
  return chosen
    ? { patientID: chosen.extension, issuer: chosen.root }
    : { patientID: `document ${id.root} ${id.extension}`, issuer: '' }
}

/** names of people stand in these; a name anywhere else is of a place or a thing */
const PEOPLE = /(?:^|\/)(?:patient|\w*[pP]erson|subject|informationRecipient|playingEntity)\/name$/
/** numbers of programs are nobody's, and so short that they stand in any text */
const OF_DEVICES = /(?:^|\/)device\/id\/@/

/** @param spans of the whole document */
export function saidInDocument(spans: readonly SensitiveSpan[]): Said {
  const [names, identifiers, places] = [new Set<string>(), new Set<string>(), new Set<string>()]
  for (const span of spans)
    switch (span.kind) {
      case 'name':
        if (PEOPLE.test(span.path)) names.add(wordsOf(span).join('^'))
        else for (const word of wordsOf(span)) places.add(word)
        break
      case 'address':
        for (const word of wordsOf(span)) places.add(word)
        break
      case 'identifier':
      case 'person-identifier':
        // a root says whose number it is, not which
        if (span.path.endsWith('@extension') && !OF_DEVICES.test(span.path)) identifiers.add(span.text().trim())
        break
      case 'telecom':
        identifiers.add(
          span
            .text()
            .replace(/^[a-z]+:/i, '')
            .trim(),
        )
        break
      case 'identity-document':
      case 'insurance':
        for (const word of wordsOf(span)) if (/\d/.test(word)) identifiers.add(word)
    }
  return {
    names: [...names].filter(Boolean),
    identifiers: [...identifiers].filter((one) => one.length >= 3),
    places: [...places].filter((one) => one.length >= 4 && /\p{L}/u.test(one)),
  }
}

/** What a message says of people around the documents that it carries. */
export const saidInWrapper = (bytes: Uint8Array): Said => saidInDocument(sensitiveSpans(bytes))

/** parts of a name stand in elements of their own, with nothing between them */
const wordsOf = (span: SensitiveSpan): readonly string[] =>
  span
    .text()
    .replace(/<[^>]*>/g, ' ')
    .split(/\s+/)
    .filter(Boolean)
