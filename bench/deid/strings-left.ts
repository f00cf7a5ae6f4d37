/** Of real files nobody has a key: whether a string that names somebody in the input stands in the bytes of the output. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  decoderOf,
  isOfStandard,
  strings,
  tagOf,
  type Attributes,
  type DataSet,
} from '../../src/standards/dicom/index.ts'
import { forms } from './leaks.ts'
import type { Pair } from './references.ts'

const SHORTEST = 4
const NAMING = new Set(
  `PatientID OtherPatientIDs PatientBirthDate AccessionNumber InstitutionName InstitutionAddress PatientAddress
   PatientTelephoneNumbers IssuerOfPatientID MilitaryRank`
    .split(/\s+/)
    .map(tagOf),
)
/** what others wrote in place of a name, and what a scanner writes for itself */
const NOBODY = /^(anonym.*|removed|none|unknown|test.*|patient.*|\d{1,3}\w?)$/i

export function identifiersLeft(
  pairs: readonly Pair[],
  output: string,
): { readonly strings: number; readonly left: number } {
  let [all, left] = [0, 0]
  for (const { file, before } of pairs) {
    const path = join(output, file)
    if (!before || !existsSync(path)) continue
    const bytes = readFileSync(path)
    for (const value of identifying(before)) {
      all++
      if (forms({ value, hex: '' }).some((form) => bytes.includes(form))) left++
    }
  }
  return { strings: all, left }
}

export function identifying({ attributes }: DataSet<'identified'>): ReadonlySet<string> {
  const found = new Set<string>()
  const walk = (at: Attributes) => {
    const decode = decoderOf(at.characterSets)
    for (const { tag, vr, items, value } of at.byTag.values()) {
      for (const item of items ?? []) walk(item)
      if (vr === 'UI') for (const uid of strings(at, tag)) if (!isOfStandard(uid)) found.add(uid)
      if (!value || !(vr === 'PN' || NAMING.has(tag))) continue
      for (const one of decode(value).split('\\')) found.add(one.replace(/[\0 ]+$/, '').trim())
    }
  }
  walk(attributes)
  // a maker that is an institution, too, stays as the maker
  const [maker = ''] = strings(attributes, 'Manufacturer')
  return new Set(
    [...found].filter((value) => value.length >= SHORTEST && !NOBODY.test(value) && !maker.includes(value)),
  )
}
