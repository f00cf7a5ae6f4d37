import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { openSpoolReader } from '../../src/clinical/spool/index.ts'
import { readFileMeta } from '../../src/standards/dicom/index.ts'
import { temporaryFolder } from '../peers.ts'

test('whatever was promised before a kill is there afterwards, byte for byte', { timeout: 300_000 }, async (t) => {
  const folder = temporaryFolder(t)
  const promised = new Map<string, string>()
  for (let round = 0; round < 8; round++) {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'spool-writer.ts'), folder], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    await once(child.stdout, 'data')
    await new Promise((done) => setTimeout(done, 60 + 37 * round))
    child.kill('SIGKILL')
    await once(child, 'close')
    for (const line of text.split('\n').slice(0, -1)) {
      const [ref = '', hash = ''] = line.split(' ')
      promised.set(ref, hash)
    }
  }
  const reader = await openSpoolReader({ folder })
  const found = new Map<string, string>()
  for (const one of await reader.take(1_000_000)) {
    const whole = one.source.read(0, one.source.sizeBytes)
    found.set(
      one.ref,
      createHash('sha256')
        .update(whole.subarray(readFileMeta(one.source).dataSetOffset))
        .digest('hex'),
    )
  }
  t.diagnostic(`${promised.size} promised, ${found.size} found`)
  assert.ok(promised.size > 100)
  for (const [ref, hash] of promised) assert.equal(found.get(ref), hash, ref)
})
