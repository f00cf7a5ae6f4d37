import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encode, type Encoding } from '../../standards/character-sets/index.ts'
import { patternsOf } from './patterns.ts'
import { Search } from './search.ts'
import { findValue } from './short-text.ts'

const VALUES = ['Вересаева', 'Щукин', 'жук', 'Ким12', 'O’Brien', 'Müller', 'KUZNETSOV', 'А204117', '40155', 'ЛБ-70301']
const value = fc.constantFrom(...VALUES)
const written = fc
  .tuple(value, fc.constantFrom<Encoding>('utf-8', 'windows-1251', 'koi8-r', 'ibm866', 'utf-16le', 'utf-16be'))
  .map(([one, encoding]) => Buffer.from(encode(one.toUpperCase(), encoding) ?? one))
const piece = fc.oneof(
  written,
  fc.string().map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 6 }),
)

test('the short way finds a value exactly where the long one does, in whatever way it was written', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(value, { maxLength: 4 }), (pieces, values) => {
      const bytes = Buffer.concat(pieces)
      const found = new Search(values.map(patternsOf)).find(bytes) >= 0
      assert.equal(findValue(bytes, values) >= 0, found)
    }),
    { numRuns: 500 },
  )
})

test('a name misread from one encoding into another, or in Latin letters, is found in a text of UTF-8', () => {
  const cp1251 = Buffer.from(encode('Вересаева', 'windows-1251') ?? [])
  for (const text of ['Âåðåñàåâà', cp1251.toString('latin1'), 'pt Veresaeva', 'ВЕРЕСАЕВА'])
    assert.ok(findValue(Buffer.from(`NTE|1||${text}|`), ['Вересаева']) >= 0, text)
  assert.equal(findValue(Buffer.from('NTE|1||Венозная|'), ['Вересаева']), -1)
})
