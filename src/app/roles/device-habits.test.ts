import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../../test/peers.ts'
import { textsOf } from '../../deidentify/index.ts'
import { encode } from '../../standards/character-sets/index.ts'
import {
  encodeDataSet,
  EXPLICIT_LITTLE_ENDIAN,
  memorySource,
  openDataSet,
  writeFileMeta,
} from '../../standards/dicom/index.ts'
import { keptHabits } from './device-habits.ts'

const CT = '1.2.840.10008.5.1.4.1.1.2'
const NAME = 'Горностаев^Прокопий^Лукьянович'

function instance(at: number) {
  const elements = [
    { tag: 0x00080016, vr: 'UI', value: CT },
    { tag: 0x00080018, vr: 'UI', value: `1.2.3.${at}` },
    { tag: 0x00081010, vr: 'SH', value: 'WARD7' },
    { tag: 0x00081030, vr: 'LO', value: encode('КТ головного мозга без контраста', 'koi8-r') as Uint8Array },
    { tag: 0x00100010, vr: 'PN', value: encode(NAME, 'koi8-r') as Uint8Array },
    { tag: 0x0020000d, vr: 'UI', value: '1.2.3.1' },
    { tag: 0x0020000e, vr: 'UI', value: '1.2.3.2' },
  ] as const
  const meta = writeFileMeta({
    ...{ transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid, mediaStorageSOPClassUID: CT },
    mediaStorageSOPInstanceUID: `1.2.3.${at}`,
  })
  return openDataSet(memorySource(Buffer.concat([meta, encodeDataSet(elements, EXPLICIT_LITTLE_ENDIAN)])))
}

test('what devices write is known after a restart, and nothing of what they wrote is kept', (t) => {
  const file = join(temporaryFolder(t), 'habits.json')
  const first = keptHabits(file)
  for (let at = 0; at < 5; at++) textsOf(instance(at), first.memories)
  first.save()
  const text = readFileSync(file, 'utf8')
  assert.match(text, /^\{"[\w-]{43}":\{"koi8-r":\d+\}\}$/)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.deepEqual(keptHabits(file).memories.entries(), first.memories.entries())
  for (const broken of ['', '{', '{"Gornostaev":{"koi8-r":1}}', '{"a":1}', '[]']) {
    writeFileSync(file, broken)
    assert.deepEqual(keptHabits(file).memories.entries(), {}, broken)
  }
})
