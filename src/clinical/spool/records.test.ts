import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { crc32 } from 'node:zlib'
import { decodeHeader, encodeRecord, openPayload, RECORD, RECORD_HEADER_BYTES } from './records.ts'

const payload = Buffer.from('a data set, or a piece of one')
const opened = (record: Buffer, key: Uint8Array | undefined): Buffer => {
  const header = record.subarray(0, RECORD_HEADER_BYTES)
  const found = decodeHeader(header)
  assert.equal(found?.length, record.length - RECORD_HEADER_BYTES)
  return Buffer.from(openPayload(header, record.subarray(RECORD_HEADER_BYTES), key))
}

test('a bit that changed anywhere in a record is noticed, sealed or not', () => {
  for (const key of [undefined, randomBytes(32)]) {
    const record = Buffer.concat([...encodeRecord(RECORD.data, 7, payload, key)])
    assert.deepEqual(opened(record, key), payload)
    for (let at = 0; at < record.length; at++) {
      const damaged = Buffer.from(record)
      damaged[at] = (damaged[at] as number) ^ 1
      assert.throws(() => opened(damaged, key), `byte ${at}`)
    }
  }
})

test('what an earlier build has sealed is read, and its damage noticed', () => {
  const [key, nonce] = [randomBytes(32), randomBytes(12)]
  const header = Buffer.alloc(RECORD_HEADER_BYTES)
  header.write('SLR1')
  header.set([RECORD.data, 1], 4)
  header.writeUInt32LE(7, 8)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(header.subarray(0, 12))
  const sealed = Buffer.concat([nonce, cipher.update(payload), cipher.final(), cipher.getAuthTag()])
  header.writeUInt32LE(sealed.length, 12)
  header.writeUInt32LE(crc32(sealed, crc32(header.subarray(0, 16))), 16)
  assert.deepEqual(opened(Buffer.concat([header, sealed]), key), payload)
  sealed[20] = (sealed[20] as number) ^ 1
  assert.throws(() => opened(Buffer.concat([header, sealed]), key), /damaged/)
})
