/** A capture of which the worker dies, again and again. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { listQuarantine } from '../../src/clinical/spool/index.ts'
import { writeFileMeta, type DicomJson } from '../../src/standards/dicom/index.ts'
import { eventually, peerTest, run, startStorescp, temporaryFolder } from '../peers.ts'
import { startSluice } from '../sluice.ts'

/** of 134 MB, beside tests that write much */
const SLOW_DISK_MS = 100_000

peerTest(
  'what the worker dies of twice goes to quarantine, and the rest goes on',
  ['storescu', 'storescp'],
  async (t) => {
    const folder = temporaryFolder(t)
    const sluice = await startSluice(t, { upstreamPort: await startStorescp(t, join(folder, 'pacs')) })
    const pid = sluice.child.pid ?? 0
    const worker = () => {
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)
      return children.find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('roles/worker.ts'))
    }
    const study = examination(1)
    const write = (index: number, side: number) => {
      const file = join(folder, `${index}.dcm`)
      const meta = writeFileMeta({
        transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
        mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
        mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
      })
      const picture = { rows: side, columns: side, pixels: new Uint16Array(side * side) }
      writeFileSync(file, Buffer.concat([meta, ctImage(study, index, picture)]))
      return file
    }
    mkdirSync(join(folder, 'pacs'), { recursive: true })
    const send = (...files: string[]) =>
      run('storescu', ['-aec', 'PACS', '127.0.0.1', String(sluice.ready.links[0]?.port), ...files])
    // one that takes a while, and whoever has it in hand is killed
    const inHand = join(sluice.folder, 'data/clinical/spool/in-hand')
    /** of those that nobody has let go since the last death */
    const has = (deaths: number) => {
      const text = existsSync(inHand) ? readFileSync(inHand, 'utf8') : ''
      const [, ref] = /^\+ (\S+)\n(?![^]*^- \1$)/m.exec(text) ?? []
      return text.match(/^! /gm)?.length === (deaths || undefined) ? ref : undefined
    }
    const large = write(1, 8192)
    let sent = send(large)
    /** a disk that is busy with other tests may leave its copy behind: it is sent again, as a device would */
    const gaps = join(sluice.folder, 'data/clinical/gaps.jsonl')
    const again = async () => {
      if (!existsSync(gaps)) return
      rmSync(gaps)
      await sent
      sent = send(large)
    }
    let poison = ''
    for (let death = 0; death < 2; death++) {
      const [ref, victim] = await eventually(
        'it is in hand',
        async () => {
          const ref = has(death)
          if (!ref && death === 0) await again()
          const victim = worker()
          return ref && victim ? ([ref, victim] as const) : undefined
        },
        SLOW_DISK_MS,
      )
      process.kill(victim, 'SIGKILL')
      await eventually('another worker', () => ![undefined, victim].includes(worker()))
      assert.equal(ref, poison || ref)
      poison = ref
    }
    assert.equal((await sent).status, 0)
    assert.equal((await send(write(2, 64), write(3, 64))).status, 0)
    const { json } = await sluice.signIn()
    await eventually(
      'the rest is archived',
      async () => {
        const [one] = await json<DicomJson[]>('/dicom-web/studies').catch(() => [])
        return one?.['00201208']?.Value?.[0] === 2
      },
      SLOW_DISK_MS,
    )
    const quarantine = await listQuarantine(join(sluice.folder, 'data/clinical/spool'))
    assert.deepEqual(
      quarantine.map(({ ref, code }) => [ref, code]),
      [[poison, 'worker-died']],
    )
  },
  { timeout: 300_000 },
)
