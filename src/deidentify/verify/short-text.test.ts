import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { encode, type Encoding } from '../../standards/character-sets/index.ts'
import { beginningsOf, FOLDED, patternsOf, prefixAt } from './patterns.ts'
import { Search } from './search.ts'
import { findValue, spelledOf } from './short-text.ts'

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

/** the same by spelling out every way and looking for it everywhere */
function stands(bytes: Buffer, value: string): boolean {
  const { bytes: all, ends, isWhole } = patternsOf(value)
  const folded = Buffer.from(bytes.map((byte) => FOLDED[byte] as number))
  const isInside = (at: number) => {
    const byte = folded[at]
    return byte !== undefined && (byte >= 0x80 || /[a-z0-9]/.test(String.fromCharCode(byte)))
  }
  return ends.some((end, one) => {
    const pattern = all.subarray(ends[one - 1] ?? 0, end)
    for (let at = folded.indexOf(pattern); at >= 0; at = folded.indexOf(pattern, at + 1))
      if (!isWhole || !(isInside(at - 1) || isInside(at + pattern.length))) return true
    return false
  })
}

test('a value is found exactly where it stands in one of the ways it may be written, in short texts and in long ones', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), fc.array(value, { maxLength: 4 }), (pieces, values) => {
      const bytes = Buffer.concat(pieces)
      const found = values.some((one) => stands(bytes, one))
      assert.equal(findValue(bytes, values.map(spelledOf)) >= 0, found)
      assert.equal(new Search(values).find(bytes) >= 0, found)
    }),
    { numRuns: 500 },
  )
})

const letter = fc.constantFrom(...'абвгдеёжзийклмнопрстуфхцчшщъыьэюяАЕЁИЙЪЬЯ', ..."'-’ a1Zß", ...'023')
test('the beginnings of a value are those of every way it may be written, whatever letters and digits it begins with', () => {
  fc.assert(
    fc.property(fc.array(letter, { minLength: 1, maxLength: 12 }), (letters) => {
      const one = letters.join('')
      const beginnings = new Set(beginningsOf(one))
      const { bytes, ends } = patternsOf(one)
      ends.forEach((_, at) => assert.ok(beginnings.has(prefixAt(bytes, ends[at - 1] ?? 0)), one))
    }),
    { numRuns: 3000 },
  )
})

test('a name misread from one encoding into another, or in Latin letters, is found in a text of UTF-8', () => {
  const cp1251 = Buffer.from(encode('Вересаева', 'windows-1251') ?? [])
  for (const text of ['Âåðåñàåâà', cp1251.toString('latin1'), 'pt Veresaeva', 'ВЕРЕСАЕВА'])
    assert.ok(findValue(Buffer.from(`NTE|1||${text}|`), ['Вересаева'].map(spelledOf)) >= 0, text)
  assert.equal(findValue(Buffer.from('NTE|1||Венозная|'), ['Вересаева'].map(spelledOf)), -1)
})
