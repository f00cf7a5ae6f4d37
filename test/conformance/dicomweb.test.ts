/** DICOMweb over a real archive: what was stored comes back, byte for byte, to our own requests and to others' programs. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { DicomJson } from '../../src/standards/dicom/index.ts'
import { run } from '../peers.ts'
import { instanceFile, partsOf, valueOf, world } from './dicomweb-world.ts'

test('an archive, its DICOMweb and its accounts', { timeout: 300_000 }, async (t) => {
  const w = await world(t)
  const first = await w.put(instanceFile(0, 3))
  await w.put(instanceFile(0, 4))
  await w.put(instanceFile(1, 3))
  const { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance } = first

  await t.test('nothing is served to whoever is not signed in, and the token works once', async () => {
    assert.equal((await fetch(`${w.base}/dicom-web/studies`)).status, 401)
    assert.equal((await fetch(`${w.base}/api/studies`)).status, 401)
    const again = await fetch(`${w.base}/api/bootstrap`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token: w.server.bootstrapToken, name: 'other', password: 'correct horse' }),
    })
    assert.equal(again.status, 401)
    const wrong = await fetch(`${w.base}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'admin', password: 'wrong' }),
    })
    assert.equal(wrong.status, 401)
    const foreign = await fetch(`${w.base}/api/sign-in`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: 'http://evil.example' },
      body: '{}',
    })
    assert.equal(foreign.status, 403)
    const basic = await fetch(`${w.base}/dicom-web/studies`, {
      headers: { authorization: `Basic ${Buffer.from(`admin:${w.secret}`).toString('base64')}` },
    })
    assert.equal(basic.status, 200)
  })

  await t.test('the same instance again changes nothing; other contents under its UID are a conflict', async () => {
    assert.equal((await w.put(instanceFile(0, 3))).outcome, 'already-archived')
    const changed = instanceFile(0, 3)
    changed[changed.length - 10] = (changed[changed.length - 10] ?? 0) ^ 1
    assert.equal((await w.put(changed)).outcome, 'conflict')
    assert.equal(valueOf((await w.json(`/dicom-web/studies?StudyInstanceUID=${study}`))[0], '00201208'), 2)
  })

  await t.test('QIDO-RS matches values, lists, wildcards and levels', async () => {
    assert.equal((await w.json('/dicom-web/studies')).length, 2)
    assert.equal((await w.json('/dicom-web/studies?ModalitiesInStudy=CT&limit=1')).length, 1)
    assert.equal((await w.json('/dicom-web/studies?ModalitiesInStudy=MR')).length, 0)
    assert.equal((await w.json('/dicom-web/studies?PatientID=HEADCT-*')).length, 2)
    assert.equal(
      (
        await w.json(
          `/dicom-web/studies?00100020=${String(valueOf((await w.json('/dicom-web/studies'))[0], '00100020'))}`,
        )
      ).length,
      1,
    )
    assert.equal((await w.json(`/dicom-web/studies/${study}/series`)).length, 1)
    assert.equal((await w.json(`/dicom-web/studies/${study}/series/${series}/instances`)).length, 2)
    assert.equal((await w.json(`/dicom-web/instances?SOPInstanceUID=${instance},2.25.1`)).length, 1)
    const [withKV] = await w.json(`/dicom-web/studies/${study}/instances?includefield=KVP&SOPInstanceUID=${instance}`)
    assert.equal(valueOf(withKV, '00180060'), 120)
    assert.equal(valueOf(withKV, '00280100'), 16)
    const [across] = await w.json('/dicom-web/instances?limit=1')
    assert.match(String((valueOf(across, '00100010') as { Alphabetic: string }).Alphabetic), /^HEADCT-/)
    assert.equal((await w.ask('/dicom-web/studies?PatientID=nobody')).status, 204)
    assert.equal((await w.ask('/dicom-web/studies?PatientID=a&PatientID=b')).status, 400)
    const two = await w.json('/dicom-web/instances?limit=2')
    const next = await w.json('/dicom-web/instances?limit=2&offset=2')
    const uids = [...two, ...next].map((one) => valueOf(one, '00080018'))
    assert.equal(new Set(uids).size, 3)
    const fuzzy = await w.ask('/dicom-web/studies?fuzzymatching=true')
    assert.match(fuzzy.headers.get('warning') ?? '', /^299 sluice "The fuzzymatching parameter is not supported/)
    assert.equal((await w.ask('/dicom-web/studies?Nonsense=1')).status, 400)
    assert.equal((await w.ask('/dicom-web/studies', { headers: { accept: 'application/dicom+xml' } })).status, 406)
    assert.equal((await w.ask('/dicom-web/studies/not-a-uid/series')).status, 400)
  })

  await t.test('WADO-RS gives back what was stored, whole, by frame and as metadata', async () => {
    const at = `/dicom-web/studies/${study}/series/${series}/instances/${instance}`
    const single = await w.ask(at, { headers: { accept: 'application/dicom' } })
    assert.deepEqual(Buffer.from(await single.arrayBuffer()), first.file)
    const whole = await w.ask(`/dicom-web/studies/${study}`, {
      headers: { accept: 'multipart/related; type="application/dicom"' },
    })
    const parts = partsOf(Buffer.from(await whole.arrayBuffer()), whole.headers.get('content-type') ?? '')
    assert.equal(parts.length, 2)
    assert.ok(parts.some((part) => first.file?.equals(part)))
    const frame = await w.ask(`${at}/frames/1`, {
      headers: { accept: 'multipart/related; type=application/octet-stream; transfer-syntax=*' },
    })
    const [pixels] = partsOf(Buffer.from(await frame.arrayBuffer()), frame.headers.get('content-type') ?? '')
    assert.equal(pixels?.length, 512 * 512 * 2)
    assert.ok(first.file?.includes(pixels))
    assert.equal((await w.ask(`${at}/frames/2`)).status, 404)
    assert.equal((await w.ask(`${at}/frames/one`)).status, 400)
    const bare = await w.ask(`${at}/frames/1`, { headers: { accept: 'application/octet-stream' } })
    assert.ok(Buffer.from(await bare.arrayBuffer()).equals(pixels ?? Buffer.alloc(0)))
    assert.equal((await w.ask(`${at}/frames/1`, { headers: { accept: 'image/jpeg' } })).status, 406)
    const [metadata] = await w.json(`${at}/metadata`)
    assert.equal(valueOf(metadata, '00280010'), 512)
    const bulk = metadata?.['7FE00010']?.BulkDataURI ?? ''
    const data = await w.ask(new URL(bulk).pathname)
    assert.ok(partsOf(Buffer.from(await data.arrayBuffer()), data.headers.get('content-type') ?? '')[0]?.equals(pixels))
    const alone = await w.ask(new URL(bulk).pathname, { headers: { accept: 'application/octet-stream' } })
    assert.ok(Buffer.from(await alone.arrayBuffer()).equals(pixels))
    assert.equal((await w.ask('/dicom-web/studies/2.25.1')).status, 404)
    assert.equal(
      (await w.ask(at, { headers: { accept: 'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50' } })).status,
      406,
    )
  })

  await t.test('STOW-RS sends to the gate and says what became of each part', async () => {
    const stow = async (bodies: Uint8Array[], headers: Record<string, string> = {}) => {
      const body = Buffer.concat([
        ...bodies.flatMap((part) => [
          Buffer.from('--B\r\nContent-Type: application/dicom\r\n\r\n'),
          part,
          Buffer.from('\r\n'),
        ]),
        Buffer.from('--B--\r\n'),
      ])
      const answer = await w.ask('/dicom-web/studies', {
        method: 'POST',
        headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=B', ...headers },
        body,
      })
      return { status: answer.status, json: (await answer.json()) as DicomJson }
    }
    const good = await stow([instanceFile(3, 1), instanceFile(3, 2)])
    assert.equal(good.status, 200)
    assert.equal(good.json['00081199']?.Value?.length, 2)
    const study3 = String(valueOf(good.json['00081199']?.Value?.[0] as DicomJson, '0020000D'))
    assert.equal(good.json['00081190']?.Value?.[0], `${w.base}/dicom-web/studies/${study3}`)
    const mixed = await stow([instanceFile(3, 3), Buffer.from('garbage')])
    assert.equal(mixed.status, 202)
    const [other] = mixed.json['0008119A']?.Value as DicomJson[]
    assert.equal(valueOf(other, '00081197'), 0xc000)
    assert.equal(valueOf(other, '00000902'), 'part 2: not-dicom at 128')
    assert.equal((await stow([Buffer.from('garbage')])).status, 409)
    const changed = instanceFile(3, 1)
    changed[changed.length - 10] = (changed[changed.length - 10] ?? 0) ^ 1
    const conflict = await stow([changed])
    assert.equal(conflict.status, 409)
    assert.equal(valueOf(conflict.json['00081198']?.Value?.[0] as DicomJson, '00081197'), 0x0111)
    assert.equal((await stow([], { 'content-type': 'text/plain' })).status, 415)
    const torn = await w.ask('/dicom-web/studies', {
      method: 'POST',
      headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=B' },
      body: '--B\r\nContent-Type: application/dicom\r\n\r\nabc',
    })
    assert.equal(torn.status, 400)
  })

  await t.test('a Python client reads a retrieved instance', async () => {
    const file = join(w.home, 'retrieved.dcm')
    const answer = await w.ask(`/dicom-web/studies/${study}/series/${series}/instances/${instance}`, {
      headers: { accept: 'application/dicom' },
    })
    writeFileSync(file, Buffer.from(await answer.arrayBuffer()))
    const dump = await run('dcmdump', [file]).catch(() => undefined)
    if (dump) assert.match(dump.stdout, /PatientIdentityRemoved/)
  })
})
