/** The search of the written bytes, for an instance of the gate: what the profile keeps on purpose is not looked for. */
import { strings, type Attributes, type ByteSource, type OptionName } from '../../standards/dicom/index.ts'
import { PLACES, type PatientContext } from '../patient-context.ts'
import { verifyBytes } from './bytes.ts'

/** @throws Fault 'not-deidentified' with the path or offset of what was found, never the value */
export function verifyWritten(
  written: ByteSource,
  attributes: Attributes,
  context: PatientContext,
  options: ReadonlySet<OptionName>,
): void {
  const kept = keptPlaces(attributes)
  const places = kept.size ? context.places.filter((place) => !kept.has(place)) : context.places
  verifyBytes(written, attributes, { ...context, places }, retainedBy(options))
}

const retainedBy = (options: ReadonlySet<OptionName>) => ({
  uids: options.has('retain-uids'),
  dates: options.has('retain-longitudinal-full-dates'),
})

/** values of institutions and devices that still stand where they stood: an option or a row has kept them */
function keptPlaces(root: Attributes): ReadonlySet<string> {
  const kept = new Set<string>()
  const work: Attributes[] = [root]
  for (const attributes of work)
    for (const { tag, items } of attributes.byTag.values()) {
      if (items) work.push(...items)
      if (PLACES.has(tag)) for (const value of strings(attributes, tag)) kept.add(value)
    }
  return kept
}
