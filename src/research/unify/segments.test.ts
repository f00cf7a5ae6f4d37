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

const COUNT = 16
test('a field and those about it are what each of them is, and those are equal only where each is', () => {
  const seen = new Map<string, readonly string[]>()
  fc.assert(
    fc.property(message, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 5 }), (text, from, more) => {
      const [number, to] = [from + 3, from + 3 + more]
      for (const [at, segment] of segmentsOfText('hl7', text).segments.entries()) {
        if (segment.name === 'MSH') continue
        const [, ...raw] = (text.split('\r').filter(Boolean)[at] ?? '').split('|')
        const around = segment.around(number, from, to)
        assert.equal(around?.field, raw[number - 1] ?? '')
        assert.equal(around.isMore, raw.length > to)
        const others = [...raw.slice(from - 1, number - 1), ...raw.slice(number, to)]
        assert.equal(around.others.replaceAll('|', ''), others.join(''))
        const padded = Array.from({ length: COUNT }, (_, place) => others[place] ?? '')
        const key = `${from} ${more} ${around.others}`
        assert.deepEqual(seen.get(key) ?? padded, padded)
        seen.set(key, padded)
      }
    }),
    { numRuns: 2000 },
  )
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
