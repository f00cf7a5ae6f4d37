import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { CANARIES, documentText } from '../../../test/cda-documents.ts'
import { interaction, packed, resultsOf, withoutDeclaration } from '../../../test/v3-messages.ts'
import { Fault } from '../../base/index.ts'
import { clinicalParts, readTransmission } from '../../standards/cda/index.ts'
import { temporaryKeys } from '../pseudonyms/temporary.ts'
import { deidentifyDocument } from './deidentify-document.ts'
import { saidInWrapper } from './said-in-document.ts'

const keys = temporaryKeys(new Uint8Array(32))
const project = {
  name: 'lab',
  profile: 'basic',
  options: { dates: 'shifted', patientCharacteristics: true },
} as const
const planted = Object.values(CANARIES).flatMap((value) =>
  (value.match(/\p{Lu}\p{L}{6,}|\d{6,}/gu) ?? []).filter((word) => word !== 'Пациентка' && word !== 'Больница'),
)

const document = documentText({ observations: 2 })
const originals = [
  document,
  interaction('RCMR_IN000002UV02', 'm-1', withoutDeclaration(document)),
  interaction('RCMR_IN000002UV02', 'm-2', packed(document)),
  interaction('POLB_IN224200UV01', 'm-3', resultsOf(`MRN-${CANARIES.policy}`)),
].map((text) => Buffer.from(text))

const place = fc.double({ min: 0, max: 1, noNaN: true })
const change = fc.record({
  kind: fc.constantFrom('over', 'out', 'again', 'rename'),
  at: place,
  to: place,
  length: fc.integer({ min: 1, max: 60 }),
  byte: fc.constantFrom(...Buffer.from('<>/"&=a0 ')),
})

/** a piece is overwritten, taken out, or comes again elsewhere */
function mutated(
  bytes: Buffer,
  { kind, at, to, length, byte }: typeof change extends fc.Arbitrary<infer T> ? T : never,
) {
  const [from, into] = [Math.floor(at * bytes.length), Math.floor(to * bytes.length)]
  if (kind === 'rename') return renamed(bytes, at, to)
  if (kind === 'over') return Buffer.concat([bytes.subarray(0, from), Buffer.of(byte), bytes.subarray(from + 1)])
  if (kind === 'out') return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + length)])
  return Buffer.concat([bytes.subarray(0, into), bytes.subarray(from, from + length), bytes.subarray(into)])
}

/** one kind of element is called as another is, and the document stays well-formed */
function renamed(bytes: Buffer, at: number, to: number): Buffer {
  const text = bytes.toString()
  const names = [...new Set([...text.matchAll(/<([A-Za-z][\w:]*)/g)].map(([, name = '']) => name))]
  const [one = '', other = ''] = [at, to].map(
    (place) => names[Math.min(names.length - 1, Math.floor(place * names.length))],
  )
  return Buffer.from(text.replaceAll(new RegExp(`(</?)${one}(?=[\\s/>])`, 'g'), `$1${other}`))
}

test('whatever is wrong with a document or message of HL7 v3, it is read, refused or kept back, and names nobody', async () => {
  const outcomes = { passed: 0, 'kept back': 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(
      fc.nat(originals.length - 1),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      async (of, changes) => {
        const bytes = changes.reduce<Buffer>(mutated, originals[of] as Buffer)
        let parts: readonly Uint8Array[] = []
        try {
          readTransmission(bytes)
          const found = clinicalParts(bytes)
          if (found.wrapped) saidInWrapper(bytes)
          parts = found.parts
        } catch (error) {
          assert.ok(error instanceof Fault && error.entry.retry === 'never', String(error))
          outcomes.refused++
        }
        for (const part of parts) {
          const gate = await deidentifyDocument({ bytes: part, receivedAt: new Date(0) }, project, keys)
          outcomes[gate.outcome === 'de-identified' ? 'passed' : 'kept back']++
          if (gate.outcome !== 'de-identified') continue
          for (const word of planted) assert.equal(gate.message.text.includes(word), false, word)
        }
      },
    ),
    // of 300 some forty pass, and once in a while no more than the 27 that were seen
    { numRuns: 600 },
  )
  assert.ok(outcomes.passed > 30 && outcomes.refused > 30, JSON.stringify(outcomes))
})
