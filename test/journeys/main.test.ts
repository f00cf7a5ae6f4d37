/** The main job: a study goes through to the archive behind, and a de-identified copy to the screen. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { writeFileMeta, type DicomJson } from '../../src/standards/dicom/index.ts'
import { hasChromium, openPage, screenshot, tabs, unreadable } from '../browser.ts'
import { eventually, peerTest, run, startStorescp } from '../peers.ts'
import { startSluice } from '../sluice.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const dataSetOf = (file: string) => {
  const bytes = readFileSync(file)
  return bytes.subarray(144 + bytes.readUInt32LE(140))
}
const valueOf = (json: DicomJson | undefined, key: string): unknown => json?.[key]?.Value?.[0]

peerTest(
  'a study reaches the archive byte for byte, and is found de-identified in QIDO and on the screen',
  ['storescu', 'storescp'],
  async (t) => {
    spawnSync(process.execPath, ['tools/build-web-if-stale.ts'], { stdio: 'inherit' })
    const { folder, upstream, direct } = await pacs(t)
    const sluice = await startSluice(t, { upstreamPort: upstream })
    const study = examination(1)
    mkdirSync(join(folder, 'sent'))
    const files = Array.from({ length: 12 }, (_, at) => {
      const index = at + 4
      const file = join(folder, 'sent', `${index}.dcm`)
      const meta = writeFileMeta({
        transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
        mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
        mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
      })
      writeFileSync(file, Buffer.concat([meta, ctImage(study, index)]))
      return file
    })
    for (const port of [direct, sluice.ready.links[0]?.port ?? 0]) {
      const sent = await run('storescu', ['-aec', 'PACS', '127.0.0.1', String(port), ...files])
      assert.equal(sent.status, 0, sent.stderr)
    }
    const hashes = (name: string) =>
      readdirSync(join(folder, name))
        .sort()
        .map((file) => sha256(dataSetOf(join(folder, name, file))))
    assert.equal(hashes('pacs').length, 12)
    assert.deepEqual(hashes('pacs'), hashes('direct'))

    const { secret, json } = await sluice.signIn()
    const found = await eventually('the study is in QIDO', async () => {
      const [one] = await json<DicomJson[]>('/dicom-web/studies')
      return valueOf(one, '00201208') === 12 ? one : undefined
    })
    const text = JSON.stringify([
      found,
      await json<DicomJson[]>(`/dicom-web/studies/${String(valueOf(found, '0020000D'))}/metadata`),
    ])
    for (const secretWord of [
      ...study.patientName.split('^'),
      study.patientID,
      study.accessionNumber,
      study.studyDate,
      study.uid('study'),
    ])
      assert.equal(text.includes(secretWord), false)
    assert.match(String(valueOf(found, '00100020')), /^HEADCT-/)

    if (!hasChromium) return
    const page = await openPage(t, 'en')
    await page.context().addCookies([{ name: 'sluice_research', value: secret, url: sluice.ready.web }])
    await page.goto(sluice.ready.web)
    await page.getByText('HEADCT-').first().click()
    await page.locator('[data-testid=viewport][data-shown=yes]').waitFor({ timeout: 60_000 })
    await page.getByTestId('thumbnail').waitFor()
    await page.waitForTimeout(800)
    await screenshot(page, 'study')
    assert.match(new URL(page.url()).hash, /^#\/studies\/2\.25\.\d+$/)
    assert.ok((await brightness(page)) > 5, 'the picture is not black')
    const side = (name: string) => page.getByTestId(`side-${name}`).textContent()
    assert.equal(
      await Promise.all(['top', 'right', 'bottom', 'left'].map(side)).then((sides) => sides.join('')),
      'ALPR',
    )
    assert.match((await page.getByTestId('scale-bar').textContent()) ?? '', /^\d+ cm$/)
    assert.deepEqual(await unreadable(page), [])
    // by Tab alone to every tool, and each shows that it is reached
    const reached = await tabs(page, 12)
    for (const tool of ['← All studies', 'Window', 'Brain', 'Invert', 'Reset'])
      assert.ok(reached.includes(tool), `${tool}: ${reached.join(', ')}`)
    await page.getByTestId('viewport').focus()
    await page.keyboard.press('ArrowDown')
    await page.getByText('8 / 12').waitFor()
    await page.keyboard.press('4')
    await page.getByText('500 / 2000').waitFor()
    await page.keyboard.press('End')
    await page.getByText('12 / 12').waitFor()

    const operator = await openPage(t, 'ru')
    await operator.goto(`${sluice.ready.operate}/#bootstrap=${sluice.bootstrap.operate}`)
    await operator.getByLabel('Имя').fill('operator')
    await operator.getByLabel('Пароль').fill('correct horse')
    assert.equal(new URL(operator.url()).hash, '')
    await operator.getByRole('button', { name: 'Создать учётную запись' }).click()
    await operator.getByText('совпадает').first().waitFor({ timeout: 60_000 })
    await screenshot(operator, 'operator')
    assert.deepEqual(await unreadable(operator), [])
    assert.match((await tabs(operator, 2)).join(), /^совпадает/)

    // the address makes one account
    const late = await openPage(t, 'ru')
    await late.goto(`${sluice.ready.operate}/#bootstrap=${sluice.bootstrap.operate}`)
    await late.getByLabel('Имя').fill('second')
    await late.getByLabel('Пароль').fill('correct horse')
    await late.keyboard.press('Enter')
    await late.getByText('Этот адрес уже использован').waitFor()
    if (process.env.SLUICE_SCREENSHOT) copyFileSync('.test-output/study.png', process.env.SLUICE_SCREENSHOT)
  },
)

async function pacs(t: Parameters<typeof startStorescp>[0]) {
  const { temporaryFolder } = await import('../peers.ts')
  const folder = temporaryFolder(t)
  return {
    folder,
    upstream: await startStorescp(t, join(folder, 'pacs')),
    direct: await startStorescp(t, join(folder, 'direct')),
  }
}

/** mean of the picture's pixels, 0 … 255 */
const brightness = (page: Awaited<ReturnType<typeof openPage>>): Promise<number> =>
  // runs in the page, whose globals this side does not know
  page.evaluate<number>(`(async () => {
    const bitmap = await createImageBitmap(document.querySelector('[data-testid=viewport] canvas'))
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    context.drawImage(bitmap, 0, 0)
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
    return data.reduce((sum, value, at) => (at % 4 === 0 ? sum + value : sum), 0) / (data.length / 4)
  })()`)
