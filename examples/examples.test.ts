/** Each example runs as its first lines say. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { instanceFile, world } from '../test/conformance/dicomweb-world.ts'
import { run, temporaryFolder } from '../test/peers.ts'

test('deidentify-report counts what became of the files of a folder', async (t) => {
  const home = temporaryFolder(t)
  mkdirSync(join(home, 'in'))
  for (const index of [1, 2]) writeFileSync(join(home, 'in', `${index}.dcm`), instanceFile(0, index))
  writeFileSync(join(home, 'in', '3.txt'), 'no instance at all')
  const report = await run(resolve('bin/sluice'), ['deidentify', 'in', 'out'], { cwd: home })
  const told = await run(process.execPath, ['examples/deidentify-report.ts'], { input: report.stdout })
  assert.deepEqual(told.stdout, '     2  de-identified\n     1  not-dicom\n', told.stderr)
})

test('dicomweb lists the studies with the size of a frame', { timeout: 120_000 }, async (t) => {
  const w = await world(t)
  await w.put(instanceFile(0, 3))
  const told = await run(process.execPath, ['examples/dicomweb.ts', `${w.base}/dicom-web`, w.secret])
  assert.match(told.stdout, /^HEADCT-\S+ {2}1 images {2}first frame 524288 bytes\n$/, told.stderr)
})
