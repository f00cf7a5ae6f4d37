import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readMessage, textsInUTF8 } from '../../standards/hl7/index.ts'
import { segmentsOf, segmentsOfText, type TextMessage } from './segments.ts'

const PIECES = ['|', '^', '~', '&', '\\', '\\T\\', '\\X0A\\', '\\.br\\', '\\Zq\\', 'мкмоль/л', '7,5', ' ', 'A', '""']
const line = fc
  .tuple(fc.constantFrom('OBX', 'OBR', 'PV1', 'NTE'), fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }))
  .map(([name, pieces]) => `${name}|${pieces.join('')}\r`)
const message = fc.array(line, { maxLength: 4 }).map((lines) => `MSH|^~\\&|LAB|||||ORU^R01\r${lines.join('')}`)

const all = ({ segments, subcomponent }: TextMessage) => ({
  subcomponent,
  segments: segments.map((segment) => ({
    name: segment.name,
    fields: [3, 4, 5, 6, 7, 8].map((number) => [
      segment.field(number),
      segment.components(number),
      segment.repetitions(number),
      [1, 2, 3].map((component) => segment.component(number, component)),
    ]),
  })),
})

test('a text that passed the gate says the same as its bytes', () => {
  fc.assert(
    fc.property(message, (text) => {
      const read = readMessage(Buffer.from(text))
      assert.deepEqual(all(segmentsOfText('hl7', text)), all(segmentsOf(read, textsInUTF8(read))))
    }),
    { numRuns: 2000, seed: 4 },
  )
})
