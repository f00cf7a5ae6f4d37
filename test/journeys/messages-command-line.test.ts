/** `sluice hl7`: what a person sees of a message. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { laboratoryMessages } from '../../src/app/demo/index.ts'
import { frame } from '../../src/standards/hl7/index.ts'
import { documentText } from '../cda-documents.ts'
import { run, temporaryFolder } from '../peers.ts'
import { interaction, packed, resultsOf } from '../v3-messages.ts'

const sluice = (...args: string[]) => run(process.execPath, ['src/app/main.ts', 'hl7', ...args])

test('hl7 reads documents and messages of HL7 v3, alone and as a link carried them', async (t) => {
  const folder = temporaryFolder(t)
  const texts = [
    documentText({ observations: 2 }),
    interaction('RCMR_IN000002UV02', '1', packed(documentText({ observations: 3 }))),
    interaction('POLB_IN224200UV01', '2', resultsOf('17')),
    interaction('PRPA_IN201301UV02', '3', '<registrationEvent/>'),
  ].map((text) => Buffer.from(text))
  writeFileSync(join(folder, 'line.mllp'), Buffer.concat(texts.map(frame)))
  writeFileSync(join(folder, 'one.xml'), texts[2] as Buffer)
  const { status, stdout } = await sluice('check', '--json', folder)
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { observationCount?: number; problem?: { code: string } })
  assert.equal(status, 1)
  assert.deepEqual(
    rows.map(({ observationCount, problem }) => observationCount ?? problem?.code),
    [2, 3, 2, 'interaction-not-read', 2],
  )
})

test('hl7 show and check read files, folders, batches, ASTM and captured streams, and say what is odd', async (t) => {
  const folder = temporaryFolder(t)
  const { hl7, astm } = laboratoryMessages(0)
  const [haematology, chemistry] = hl7 as [Buffer, Buffer]
  writeFileSync(join(folder, '1.hl7'), haematology)
  writeFileSync(join(folder, '2.mllp'), Buffer.concat([frame(chemistry).subarray(0, 90), ...hl7.map(frame)]))
  writeFileSync(join(folder, '3.astm'), astm)
  mkdirSync(join(folder, 'more'))
  writeFileSync(join(folder, 'more', 'odd.hl7'), 'MSH|^~\\&|A\rNTE|1||\x1b[31mred\rMSH|^~\\&|A\r')

  const shown = await sluice('show', join(folder, '1.hl7'))
  assert.equal(shown.status, 0, shown.stderr)
  assert.match(shown.stdout, /ORU\^R01, 8 segments, windows-1251, declared UNICODE/)
  assert.match(shown.stdout, /5 {2}Patient Name +Иванов\^Пётр\^Алексеевич/)
  const json = JSON.parse((await sluice('show', '--json', join(folder, '3.astm'))).stdout) as {
    kind: string
    segments: { name: string; fields: { name: string; values: string[] }[] }[]
  }
  assert.equal(json.kind, 'astm')
  assert.equal(
    json.segments.find(({ name }) => name === 'R')?.fields.find(({ name }) => name === 'Units')?.values[0],
    'ммоль/л',
  )

  const checked = await sluice('check', '--json', folder)
  assert.equal(checked.status, 1)
  const rows = checked.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { flags: string[]; problem?: { code: string } })
  assert.equal(rows.length, 1 + 4 + 1 + 2)
  assert.equal(rows.filter(({ problem }) => problem?.code === 'message-cut').length, 1)
  assert.deepEqual(rows.at(-1)?.flags.includes('batch-without-header'), true)
  assert.equal((await sluice('show', join(folder, 'more'))).stdout.includes('\x1b'), false)
})
