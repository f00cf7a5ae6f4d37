/** A backup taken while Sluice runs, the home lost, and everything found again. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../../src/app/demo/images.ts'
import { writeFileMeta, type DicomJson } from '../../src/standards/dicom/index.ts'
import { eventually, peerTest, run, startStorescp, temporaryFolder } from '../peers.ts'
import { refuseEarlier } from '../refused.ts'
import { startSluice } from '../sluice.ts'

const valueOf = (json: DicomJson | undefined, key: string): unknown => json?.[key]?.Value?.[0]
const sluice = (...args: string[]) => run(resolve('bin/sluice'), args)

peerTest(
  'a backup taken while Sluice runs brings study, pseudonym, quarantine and account back after the home is lost',
  ['storescu', 'storescp'],
  async (t) => {
    const folder = temporaryFolder(t)
    chmodSync(folder, 0o755)
    const upstreamPort = await startStorescp(t, join(folder, 'pacs'))
    const [backup, keys] = [join(folder, 'backup'), join(folder, 'keys')]
    const file = (index: number) => {
      const study = examination(1)
      const path = join(folder, `${index}.dcm`)
      const meta = writeFileMeta({
        transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
        mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
        mediaStorageSOPInstanceUID: study.uid(`instance ${index}`),
      })
      writeFileSync(path, Buffer.concat([meta, ctImage(study, index)]))
      return path
    }
    const before = await startSluice(t, {
      upstreamPort,
      prepare: (there) => refuseEarlier(join(there, 'data'), [examination(4)]),
    })
    const { json } = await before.signIn()
    const port = String(before.ready.links[0]?.port)
    const sent = await run('storescu', ['-aec', 'PACS', '127.0.0.1', port, ...[4, 5, 6].map((index) => file(index))])
    assert.equal(sent.status, 0, sent.stderr)
    const pseudonymIn = async (ask: typeof json, instances: number) => {
      const found = await eventually(
        'the study is in QIDO',
        async () => {
          const [one] = await ask<DicomJson[]>('/dicom-web/studies')
          return valueOf(one, '00201208') === instances ? one : undefined
        },
        180_000,
      )
      return [String(valueOf(found, '00100020')), String(valueOf(found, '0020000D'))]
    }
    const known = await pseudonymIn(json, 3)
    const quarantined = await sluice('quarantine', 'list', '--json', '-c', before.config)
    assert.match(quarantined.stdout, /\d+-\d+/)

    const beside = await sluice('backup', backup, '-c', before.config, '--keys', join(backup, 'keys'))
    assert.equal(beside.status, 1)
    assert.match(beside.stderr, /Keys may not stand/)
    const taken = await sluice('backup', backup, '-c', before.config, '--keys', keys)
    assert.equal(taken.status, 0, taken.stderr)
    assert.match(taken.stdout, /research .*: \d+ rows, 3 objects\nclinical /)
    const clinicalKeys = ['spool', 'vault'].map((name) => readFileSync(join(before.folder, 'data/clinical/keys', name)))
    for (const path of readdirSync(backup, { recursive: true, withFileTypes: true }))
      if (path.isFile()) {
        const bytes = readFileSync(join(path.parentPath, path.name))
        for (const key of clinicalKeys) assert.ok(!bytes.includes(key) && !bytes.includes(key.toString('base64')))
      }
    const whole = await sluice('backup', backup, '--check')
    assert.equal(whole.status, 0, whole.stdout + whole.stderr)
    assert.match(whole.stdout, /clinical .*: whole[\s\S]*research .*: whole \(\d+ rows, 3 objects\)/)

    // the home is lost
    before.child.kill('SIGTERM')
    await once(before.child, 'exit')
    rmSync(join(before.folder, 'data'), { recursive: true })
    const after = await startSluice(t, {
      upstreamPort,
      prepare: async (there) => {
        const config = join(there, 'sluice.yaml')
        const locked = await sluice('restore', backup, '-c', config)
        assert.equal(locked.status, 1)
        assert.match(locked.stderr, /key/)
        const restored = await sluice('restore', backup, '-c', config, '--keys', keys)
        assert.equal(restored.status, 0, restored.stderr)
        const twice = await sluice('restore', backup, '-c', config)
        assert.equal(twice.status, 1)
        assert.match(twice.stderr, /empty home/)
      },
    })
    const signed = await fetch(`${after.ready.web}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password: 'correct horse' }),
    })
    const cookie = signed.headers.get('set-cookie')?.split(';')[0] ?? ''
    const ask = async <T>(path: string) =>
      (await (await fetch(`${after.ready.web}${path}`, { headers: { cookie } })).json()) as T
    assert.deepEqual(await pseudonymIn(ask, 3), known)
    const [pseudonym, study] = known
    const frame = await fetch(`${after.ready.web}/dicom-web/studies/${study}`, {
      headers: { cookie, accept: 'multipart/related; type="application/dicom"' },
    })
    assert.ok((await frame.arrayBuffer()).byteLength > 3 * 512 * 512 * 2)
    // the vault knows the person: what comes now stands beside what was
    const more = await run('storescu', ['-aec', 'PACS', '127.0.0.1', String(after.ready.links[0]?.port), file(7)])
    assert.equal(more.status, 0, more.stderr)
    assert.deepEqual(await pseudonymIn(ask, 4), [pseudonym, study])
    const kept = await sluice('quarantine', 'list', '--json', '-c', after.config)
    assert.equal(kept.stdout, quarantined.stdout)

    // a bit that fell over is found, and named
    const blobs = join(backup, 'research', 'blobs')
    const blob = readdirSync(blobs, { recursive: true, withFileTypes: true }).find((entry) => entry.isFile())
    const path = join(blob?.parentPath ?? '', blob?.name ?? '')
    const bytes = readFileSync(path)
    bytes[1000] = (bytes[1000] ?? 0) ^ 1
    writeFileSync(path, bytes)
    const damaged = await sluice('backup', backup, '--check', '--part', 'research')
    assert.equal(damaged.status, 1)
    assert.ok(damaged.stdout.includes(`blob ${blob?.name}`))
    assert.ok(existsSync(join(backup, 'clinical')))
  },
  { timeout: 600_000 },
)
