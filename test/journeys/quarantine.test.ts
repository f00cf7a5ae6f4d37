/** What the gate kept back, as an operator meets it: on the command line and on the page. */
import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { examination } from '../../src/app/demo/images.ts'
import { placesOf } from '../../src/app/roles/places.ts'
import type { DicomJson } from '../../src/standards/dicom/index.ts'
import { hasChromium, openPage, screenshot } from '../browser.ts'
import { run } from '../peers.ts'
import { refuseEarlier } from '../refused.ts'
import { startSluice } from '../sluice.ts'

const study = examination(4)
/** an abdomen: no rule selects it */
const other = examination(5)

test(
  'quarantine is listed, shown, redone and rejected, from the command line and on the page',
  { timeout: 300_000 },
  async (t) => {
    spawnSync(process.execPath, ['tools/build-web-if-stale.ts'], { stdio: 'inherit' })
    const sluice = await startSluice(t, {
      prepare: (folder) => refuseEarlier(join(folder, 'data'), [other, study, study, study, study]),
    })
    const { json } = await sluice.signIn()
    const command = (...args: string[]) => run(resolve('bin/sluice'), ['quarantine', ...args], { cwd: sluice.folder })

    const listed = JSON.parse((await command('list', '--json')).stdout) as {
      quarantine: { ref: string; code: string }[]
    }
    assert.deepEqual(
      listed.quarantine.map(({ code }) => code),
      Array.from({ length: 5 }, () => 'not-deidentified'),
    )
    const refs = listed.quarantine.map(({ ref }) => ref)
    const unselected = refs.find((ref) => ref.endsWith('-1')) ?? ''
    const [first = '', second = '', third = '', fourth = ''] = refs.filter((ref) => ref !== unselected)
    const shown = await command('show', first)
    assert.match(shown.stdout, /CT Image Storage/)
    assert.match(shown.stdout, /512/)
    for (const word of [...study.patientName.split('^'), study.patientID, study.uid('study')])
      assert.equal(shown.stdout.includes(word), false)
    assert.equal((await command('show', '1-99999')).status, 1)
    assert.equal((await command('redo')).status, 2, 'nothing was named')

    const redone = await command('redo', first)
    assert.equal(redone.status, 0, redone.stderr)
    assert.match(redone.stdout, /archived/)
    assert.equal((await json<DicomJson[]>('/dicom-web/instances')).length, 1)
    const still = await command('redo', unselected)
    assert.equal(`${still.status} ${still.stdout.includes('not-selected')}`, '1 true', 'it stays')
    assert.equal((await command('reject', second)).status, 2, 'a reason is asked for')
    assert.equal((await command('reject', second, '--reason', 'test of the scanner')).status, 0)
    assert.equal((await command('show', second)).status, 1)
    const decisions = readFileSync(placesOf(join(sluice.folder, 'data')).decisions, 'utf8')
    assert.match(decisions, /"decision":"redo","outcome":"archived"/)
    assert.match(decisions, /"decision":"reject","reason":"test of the scanner"/)

    const at = `${sluice.ready.operate}/api/quarantine/${third}`
    assert.equal((await fetch(at)).status, 401, 'nothing for whoever is not signed in')
    assert.equal((await fetch(`${at}/reject`, { method: 'POST', body: '{}' })).status, 401)
    if (!hasChromium) return
    const page = await openPage(t, 'ru')
    await page.goto(`${sluice.ready.operate}/#bootstrap=${sluice.bootstrap.operate}`)
    await page.getByLabel('Имя').fill('operator')
    await page.getByLabel('Пароль').fill('correct horse')
    await page.keyboard.press('Enter')
    // by keyboard alone
    await page.getByTestId(`quarantine-${third}`).focus()
    await page.keyboard.press('Enter')
    await page.getByText('CT Image Storage').waitFor()
    await screenshot(page, 'quarantine')
    await page.getByRole('button', { name: 'Ещё раз через шлюз' }).press('Enter')
    await page.getByText('Объект прошёл обезличивание и в архиве.').waitFor()
    await page.keyboard.press('Escape')
    await page.getByTestId(`quarantine-${third}`).waitFor({ state: 'detached' })
    await page.getByTestId(`quarantine-${fourth}`).click()
    await page.getByRole('button', { name: 'Отклонить' }).click()
    assert.equal(readdirSync(join(sluice.folder, 'data/clinical/spool/quarantine')).length, 4, 'not without a reason')
    await page.getByLabel('Причина отклонения').fill('проверка аппарата')
    await page.keyboard.press('Enter')
    await page.getByText('Объект отклонён и удалён.').waitFor()
    assert.equal(readdirSync(join(sluice.folder, 'data/clinical/spool/quarantine')).length, 2)
    assert.equal((await json<DicomJson[]>('/dicom-web/instances')).length, 2)
  },
)

test('what is in quarantine is released with a rule for it alone', { timeout: 300_000 }, async (t) => {
  const sluice = await startSluice(t, {
    prepare: async (folder) => {
      const config = join(folder, 'sluice.yaml')
      const text = readFileSync(config, 'utf8')
      const row = 'profile: { base: basic, rows: [{ attribute: StationName, action: quarantine }] }'
      assert.ok(text.includes('profile: basic'))
      writeFileSync(config, text.replace('profile: basic', row))
      await refuseEarlier(join(folder, 'data'), [study, study])
    },
  })
  const { json } = await sluice.signIn()
  const command = (...args: string[]) => run(resolve('bin/sluice'), ['quarantine', ...args], { cwd: sluice.folder })
  const rule = (text: string): string => {
    const file = join(sluice.folder, 'rule.yaml')
    writeFileSync(file, text)
    return file
  }
  const listed = JSON.parse((await command('list', '--json')).stdout) as { quarantine: { ref: string }[] }
  const [one = '', other = ''] = listed.quarantine.map(({ ref }) => ref)
  const released = (text: string, ...more: string[]) =>
    command('release', one, '--rule', rule(text), '--reason', 'the name of a room', ...more)

  const still = await command('redo', one)
  assert.deepEqual([still.status, /\(0008,1010\)/.test(still.stdout)], [1, true], 'the project keeps it back')
  const retaining = await released('options: [retain-uids]\n')
  assert.deepEqual([retaining.status, /rule\.yaml:1:11: /.test(retaining.stderr)], [2, true], retaining.stderr)
  const leaking = await released('rows: [{ attribute: PatientName, action: K }]\n')
  assert.notEqual(leaking.status, 0)
  assert.equal((await json<DicomJson[] | undefined>('/dicom-web/instances'))?.length ?? 0, 0)
  const elsewhere = await released('rows: [{ attribute: DeviceSerialNumber, action: X }]\n')
  assert.deepEqual([elsewhere.status, /\(0008,1010\)/.test(elsewhere.stdout)], [1, true], 'it does not meet the reason')

  const done = await released('rows: [{ attribute: StationName, action: X }]\n', '--json')
  assert.equal(done.status, 0, done.stderr)
  assert.equal((JSON.parse(done.stdout) as { outcome: string }).outcome, 'archived')
  const [instance] = await json<DicomJson[]>('/dicom-web/instances?includefield=all')
  assert.equal(instance?.['00081010'], undefined)
  const rest = JSON.parse((await command('list', '--json')).stdout) as { quarantine: { ref: string }[] }
  assert.deepEqual(
    rest.quarantine.map(({ ref }) => ref),
    [other],
    'for it alone',
  )
  const decisions = readFileSync(placesOf(join(sluice.folder, 'data')).decisions, 'utf8')
  assert.match(decisions, /"decision":"release","reason":"the name of a room","rule":.*"outcome":"archived"/)
})
