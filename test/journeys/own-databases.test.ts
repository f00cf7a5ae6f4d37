/** Databases of the hospital's own, which go away in the middle of the day. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { writeFileMeta, type DicomJson } from '../../src/standards/dicom/index.ts'
import { atEnd, eventually, peerTest, run, startStorescp, temporaryFolder } from '../peers.ts'
import { startSluice } from '../sluice.ts'

peerTest(
  'vault and catalogue stand in databases of the hospital’s own; while they are away everything is captured, and archived when they are back',
  ['storescu', 'storescp'],
  async (t) => {
    const home = temporaryFolder(t)
    chmodSync(home, 0o755)
    const first = await startPostgres({ home })
    atEnd(t, () => first.stop())
    const url = async (name: string) => {
      const { user, password, host, database } = await first.createDatabase(name)
      const login = `${String(user)}:${encodeURIComponent(String(password))}`
      return `postgres://${login}@localhost/${String(database)}?host=${encodeURIComponent(String(host))}`
    }
    const sluice = await startSluice(t, {
      upstreamPort: await startStorescp(t, join(home, 'pacs')),
      more: `vault: { url: "${await url('vault')}" }\ncatalogue: { url: "${await url('catalogue')}" }\n`,
    })
    assert.equal(existsSync(join(sluice.folder, 'data', 'postgres')), false, 'no database of ours is started')
    const send = async (index: number) => {
      const study = examination(1)
      const file = join(home, 'sent', `${index}.dcm`)
      mkdirSync(join(home, 'sent'), { recursive: true })
      const meta = writeFileMeta({
        transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
        mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
        mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
      })
      writeFileSync(file, Buffer.concat([meta, ctImage(study, index)]))
      const port = String(sluice.ready.links[0]?.port)
      const sent = await run('storescu', ['-aec', 'PACS', '127.0.0.1', port, file])
      assert.equal(sent.status, 0, sent.stderr)
    }
    const { json } = await sluice.signIn()
    const archived = (count: number) =>
      eventually(
        `${count} are archived`,
        async () => {
          const [study] = await json<DicomJson[]>('/dicom-web/studies').catch(() => [])
          return study?.['00201208']?.Value?.[0] === count
        },
        180_000,
      )
    await send(4)
    await archived(1)

    await first.stop()
    for (const index of [5, 6, 7]) await send(index)
    const second = await startPostgres({ home })
    atEnd(t, () => second.stop())
    await archived(4)
  },
  { timeout: 600_000 },
)
