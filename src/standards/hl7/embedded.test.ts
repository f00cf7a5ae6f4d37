import assert from 'node:assert/strict'
import { test } from 'node:test'
import { embeddedIn } from './embedded.ts'
import { readMessage } from './message.ts'

test('embedded data is unpacked from Base64, hexadecimal and plain text, and nothing else is taken for it', () => {
  const base64 = Buffer.from('<a>й</a>').toString('base64')
  const lines = [
    'MSH|^~\\&|A||||2026||MDM^T02|1|P|2.5',
    `OBX|1|ED|x||^text^xml^Base64^${base64}||||||F`,
    'OBX|2|ST|x||^text^xml^Base64^QUJD||||||F',
    'OBX|3|ED|x||S^application^pdf^Hex^25504446~^text^plain^A^a\\T\\b||||||F',
    'OBX|4|ED|x||^text^xml^Unknown^QUJD||||||F',
    'OBX|5|ED|x||',
  ]
  const found = embeddedIn(readMessage(Buffer.from(lines.map((line) => `${line}\r`).join(''))))
  assert.deepEqual(
    found.map(({ path, type, bytes }) => [path, type, bytes.toString()]),
    [
      ['OBX[1].5', 'text/xml', '<a>й</a>'],
      ['OBX[3].5', 'application/pdf', '%PDF'],
      ['OBX[3].5', 'text/plain', 'a&b'],
    ],
  )
})
