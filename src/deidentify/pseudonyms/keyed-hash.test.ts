import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { keyedHash, keyedHashHex, keyedHashText } from './keyed-hash.ts'

test('the keyed hash is the HMAC-SHA-256 of node:crypto, for keys and messages of any length', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 200 }),
      fc.string(),
      fc.uint8Array({ maxLength: 200 }),
      (key, text, bytes) => {
        const expected = createHmac('sha256', key).update(text).update(bytes).digest('hex')
        assert.equal(keyedHash(key, text, bytes).toString('hex'), expected)
        assert.equal(keyedHashHex(key, text, bytes), expected)
        assert.equal(Buffer.from(keyedHashText(key, text, bytes), 'latin1').toString('hex'), expected)
      },
    ),
    { numRuns: 200 },
  )
})
