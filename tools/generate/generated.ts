/** Every generated file and its text. */
import { jsonSchema } from '../../src/app/config/index.ts'
import { conformanceStatement } from './conformance.ts'
import { dictionaryFiles } from './dictionary.ts'
import { faultsDocument } from './faults.ts'
import { laboratoryTerms } from './laboratory-terms.ts'
import { letterPairs } from './letter-pairs.ts'
import { limitsDocument } from './limits.ts'

export function generated(): ReadonlyMap<string, string> {
  return new Map([
    ...(dictionaryFiles() ?? []),
    ...letterPairs(),
    ...laboratoryTerms(),
    ['docs/conformance-statement.md', conformanceStatement()],
    ['docs/faults.md', faultsDocument()],
    ['docs/limits.md', limitsDocument()],
    ['sluice.schema.json', jsonSchema()],
  ])
}
