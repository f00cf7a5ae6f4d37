/** Codes that no table maps, over a real archive: counted, and gone once a table has them and what waited is unified again. */
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { temporaryKeys } from '../../src/deidentify/index.ts'
import { laboratory, unifyAgain } from '../../src/pipeline/index.ts'
import { openArchive } from '../../src/research/archive/index.ts'
import { unificationTables } from '../../src/research/unify/index.ts'
import { readDecoded, textsOf } from '../../src/standards/hl7/index.ts'
import { atEnd, temporaryFolder } from '../peers.ts'

const project = {
  name: 'lab',
  profile: 'basic',
  options: { dates: 'shifted', patientCharacteristics: true },
} as const

const message = (number: number, code: string): Buffer =>
  Buffer.from(
    [
      `MSH|^~\\&|ODD|LAB|LIS|LAB|20260301080000||ORU^R01|M${number}|P|2.5||||||UNICODE UTF-8`,
      `PID|1||P${100_000 + number}^^^H^MR||Жук^Пётр||19700101|M`,
      `OBR|1||S${number}|BIO^Биохимия^99LAB|||20260301080000`,
      `OBX|1|NM|${code}^Показатель ${code}^99LAB||5,${number}|ммоль/л|||||F`,
      `OBX|2|NM|2345-7^Glucose^LN||5,1|ммоль/л|||||F`,
      '',
    ].join('\r'),
  )

test('a code that no table has is counted by messages, and leaves the queue once a table has it', async (t) => {
  const home = temporaryFolder(t, 'sluice-waiting')
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ home })
  atEnd(t, () => postgres.stop())
  const archive = await openArchive({
    connection: await postgres.createDatabase('catalogue'),
    blobs: join(home, 'blobs'),
  })
  atEnd(t, () => archive.close())
  const tables = unificationTables()
  const vault = { merge: () => Promise.resolve(false), rekeyed: () => Promise.resolve([]) }
  const station = laboratory({ keys: temporaryKeys(), vault, archive, tables, utcOffset: '+03:00' })
  const sent = [message(1, 'X17'), message(2, 'X17'), message(3, 'X17'), message(4, 'Y4')]
  for (const [at, bytes] of [...sent, sent[0] as Buffer].entries()) {
    const { message: read } = readDecoded(bytes)
    const [taken] = await station.take([
      {
        ...{ kind: 'hl7', message: read, texts: textsOf(read), project, rule: 'r' },
        start: { link: 'lab', at: Date.UTC(2026, 2, 1) } as never,
      },
    ])
    assert.equal(taken?.outcome, at < sent.length ? 'stored' : 'already-stored')
  }
  const queue = async () => (await archive.waitingCodes(10)).map(({ code, messages }) => [code, messages])
  assert.deepEqual(await queue(), [
    ['X17', 3],
    ['Y4', 1],
  ])
  const found = async (code: string) =>
    (await archive.searchRecords({ type: 'Observation', tokens: [[`code=${code}`]], limit: 10, offset: 0 })).records
  const before = await archive.searchRecords({ type: 'Observation', limit: 20, offset: 0 })

  assert.equal(await unifyAgain(archive, tables, '+03:00'), 0)
  const own = unificationTables({ mappings: [{ code: 'X17', analyte: 'urea' }] })
  assert.equal(await unifyAgain(archive, own, '+03:00'), 3)
  assert.deepEqual(await queue(), [['Y4', 1]])
  assert.equal(await unifyAgain(archive, own, '+03:00'), 0)

  const urea = await found('urea')
  assert.equal(urea.length, 3)
  for (const { body, version, id, patient, date_from } of urea) {
    const was = before.records.find((one) => one.id === id)
    const [now, then] = [body, was?.body] as {
      subject: unknown
      effectiveDateTime: string
      valueQuantity: { code: string }
    }[]
    assert.equal(now?.valueQuantity.code, 'mol/L')
    assert.deepEqual([now.subject, now.effectiveDateTime], [then?.subject, then?.effectiveDateTime])
    assert.deepEqual([version, patient, date_from], [2, was?.patient, was?.date_from])
  }
  assert.equal((await found('glucose')).length, 4)
})
