import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, examination } from '../app/demo/images.ts'
import { Fault } from '../base/index.ts'
import { toUID, writeFileMeta } from '../standards/dicom/index.ts'
import { atEnd, freePort, peerTest, run, startStorescp, temporaryFolder } from '../../test/peers.ts'
import { acceptAssociations, requestAssociation } from './index.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const contexts = [
  { abstractSyntaxUID: toUID('1.2.840.10008.1.1'), transferSyntaxUIDs: [toUID('1.2.840.10008.1.2')] },
  { abstractSyntaxUID: toUID(CT_IMAGE_STORAGE), transferSyntaxUIDs: [toUID(EXPLICIT_LITTLE_ENDIAN)] },
]
const to = (port: number) => ({
  host: '127.0.0.1',
  port,
  callingAETitle: 'CT01',
  calledAETitle: 'PACS',
  contexts,
  timeoutMs: 5000,
})

peerTest('what we send, storescp has byte for byte', ['storescp'], async (t) => {
  const folder = temporaryFolder(t)
  const association = await requestAssociation(to(await startStorescp(t, folder)))
  assert.equal(await association.echo(), 0)
  const study = examination(0)
  const dataSet = ctImage(study, 3)
  const stored = await association.store({
    SOPClassUID: toUID(CT_IMAGE_STORAGE),
    SOPInstanceUID: toUID(study.uid('instance 3')),
    transferSyntaxUID: toUID(EXPLICIT_LITTLE_ENDIAN),
    dataSet: [dataSet],
  })
  assert.equal(stored.status, 0)
  await association.release()
  const bytes = readFileSync(join(folder, readdirSync(folder)[0] ?? ''))
  assert.equal(sha256(bytes.subarray(144 + bytes.readUInt32LE(140))), sha256(dataSet))
})

peerTest('storescu and echoscu are served, whatever the size of their PDUs', ['storescu', 'echoscu'], async (t) => {
  const folder = temporaryFolder(t)
  const hashes: string[] = []
  const acceptor = await acceptAssociations({
    host: '127.0.0.1',
    port: 0,
    onStore: async (_request, dataSet) => {
      const hash = createHash('sha256')
      for await (const piece of dataSet) hash.update(piece)
      hashes.push(hash.digest('hex'))
      return { status: hashes.length === 3 ? 0xa700 : 0 }
    },
  })
  atEnd(t, () => acceptor.close())
  const study = examination(2)
  const file = join(folder, 'a.dcm')
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
    mediaStorageSOPInstanceUID: study.uid('instance 0'),
  })
  writeFileSync(file, Buffer.concat([meta, ctImage(study, 0)]))
  assert.equal((await run('echoscu', ['127.0.0.1', String(acceptor.port)])).status, 0)
  for (const [at, size] of ['4096', '131072', '16384'].entries()) {
    const sent = await run('storescu', ['-v', '--max-send-pdu', size, '127.0.0.1', String(acceptor.port), file])
    assert.equal(/Refused|A700|failed/i.test(sent.stderr + sent.stdout), at === 2, sent.stderr)
  }
  assert.equal(new Set(hashes).size, 1)
})

peerTest('a rejection says who rejected and why', ['storescp'], async (t) => {
  const port = await startStorescp(t, temporaryFolder(t), ['--refuse'])
  await assert.rejects(
    requestAssociation(to(port)),
    (error) => error instanceof Fault && error.code === 'association-rejected' && error.where.result === 1,
  )
})

test('a port where nobody listens is a refusal', async () => {
  await assert.rejects(
    requestAssociation(to(await freePort())),
    (error) => error instanceof Fault && error.code === 'upstream-refused',
  )
})
