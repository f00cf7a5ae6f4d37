/** Messages that take the path together, over a real vault and real archives: what becomes of each is as if it came alone. */
import assert from 'node:assert/strict'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { laboratoryMessages } from '../../src/app/demo/index.ts'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { compileRules } from '../../src/clinical/select/index.ts'
import type { Captured, MessageStart, Settlement } from '../../src/clinical/spool/index.ts'
import { DeviceMemories, keyFile, keyOf, openVault } from '../../src/deidentify/index.ts'
import { admit, isWaiting, laboratory, unifyAgain, type Stations } from '../../src/pipeline/index.ts'
import { openArchive, type Archive } from '../../src/research/archive/index.ts'
import { unificationTables } from '../../src/research/unify/index.ts'
import { memorySource } from '../../src/standards/dicom/index.ts'
import { atEnd, temporaryFolder } from '../peers.ts'

const LAB = {
  name: 'lab',
  profile: 'basic',
  options: { dates: 'shifted', patientCharacteristics: true },
} as const

/** One vault, and as many archives as are asked for. */
async function world(t: TestContext) {
  const home = temporaryFolder(t, 'sluice-together')
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ home })
  atEnd(t, () => postgres.stop())
  const key = join(home, 'key')
  const vault = await openVault(await postgres.createDatabase('vault'), (isNew) => keyOf(keyFile(key, { make: isNew })))
  atEnd(t, () => vault.close())
  const { selector } = compileRules([
    { name: 'results', project: 'lab', when: 'hl7.messageType.startsWith("ORU") || hl7.messageType == "ADT^A40"' },
    { name: 'of nobody', project: 'gone', when: 'hl7["MSH.3"] == "GONE"' },
  ])
  assert.ok(selector)
  const place = async (name: string): Promise<{ archive: Archive; stations: Stations }> => {
    const archive = await openArchive({ connection: await postgres.createDatabase(name), blobs: join(home, name) })
    atEnd(t, () => archive.close())
    const messages = laboratory({ keys: vault, vault, archive, tables: unificationTables(), utcOffset: '+03:00' })
    const stations = { selector, projects: new Map([['lab', LAB]]), keys: vault, archive, messages }
    return { archive, stations: { ...stations, memories: new DeviceMemories() } }
  }
  return { place }
}

function captured(
  bytes: Uint8Array,
  sequence: number,
  more: Partial<MessageStart> = {},
): Captured & { was?: Settlement } {
  const start: MessageStart = {
    ...{ kind: 'hl7', associationId: 'a', link: 'lab', remoteAddress: '127.0.0.1', direction: 'to-upstream', sequence },
    ...{ answer: 'AA', pairedBy: 'control-id', repeated: 'no', at: Date.UTC(2026, 8, 1, 8, 0, sequence), ...more },
  }
  const one: Captured & { was?: Settlement } = {
    ...{ ref: `1-${sequence}`, start, status: 0, capturedAt: start.at, source: memorySource(bytes) },
    settle: (settlement) => {
      one.was = settlement
      return Promise.resolve()
    },
  }
  return one
}

const message = (...lines: string[]) => Buffer.from(lines.join('\r') + '\r')
const header = (sender: string, type: string, id: string) =>
  `MSH|^~\\&|${sender}|LAB|LIS|LAB|20260901080000||${type}|${id}|P|2.5||||||UNICODE UTF-8`
const person = (number: string, name: string) => `PID|1||${number}^^^H^MR||${name}^Пётр||19700101|M`

const everything = async (archive: Archive) => {
  const kinds = ['Observation', 'DiagnosticReport', 'Device', 'Encounter', 'Specimen', 'Provenance']
  const found = await Promise.all(
    kinds.map((type) => archive.searchRecords({ type, limit: 1000, offset: 0 }).then(({ records }) => records)),
  )
  const messages = new Set(found.flat().map((record) => record.message))
  const rows = await Promise.all(
    [...messages].sort().map(async (id) => ({ ...(await archive.message(id)), archived_at: '', report: '' })),
  )
  return { records: found, rows }
}

test('messages that wait together become what each becomes alone', { timeout: 120_000 }, async (t) => {
  const { place } = await world(t)
  const [alone, together] = [await place('alone'), await place('together')]
  const day = Array.from({ length: 5 }, (_, at) => laboratoryMessages(at).hl7).flat()
  const [first = Buffer.of()] = day
  const odd: readonly (readonly [Uint8Array, Partial<MessageStart>?])[] = [
    [first],
    [Buffer.from('no message at all')],
    [first, { unreadable: 'limit-exceeded' }],
    [message(header('GONE', 'ORM^O01', 'G1'), person('P1', 'Жук'))],
    [message(header('LAB', 'ORM^O01', 'N1'), person('P1', 'Жук'))],
    [Buffer.concat([message('FHS|^~\\&|LAB', 'BHS|^~\\&|LAB'), first, day[1] ?? first, message('BTS|2', 'FTS|1')])],
    // a name that is part of a code is found in what was written
    [message(header('LAB', 'ORU^R01', 'Q1'), person('P2', 'Calcium'), 'OBX|1|NM|CALCIUM1^Проба^L||5||||||F')],
  ]
  const all = () =>
    [...day.map((bytes) => [bytes] as const), ...odd].map(([bytes, more], at) => captured(bytes, at, more))
  const [singly, jointly] = [all(), all()]
  for (const one of singly) await admit([one], alone.stations)
  const settlements = await admit(jointly, together.stations)

  assert.deepEqual(
    settlements,
    singly.map(({ was }) => was),
  )
  assert.deepEqual(
    jointly.map(({ was }) => was),
    settlements,
  )
  const outcomes = new Set(settlements.map((one) => ('code' in one ? one.code : one.outcome)))
  for (const outcome of [
    'archived',
    'not-selected',
    'message-invalid',
    'limit-exceeded',
    'project-unknown',
    'not-deidentified',
  ] as const)
    assert.ok(outcomes.has(outcome), outcome)
  const [was, is] = [await everything(alone.archive), await everything(together.archive)]
  assert.ok(was.rows.length >= 15 && was.records.flat().length > 70)
  assert.deepEqual(is, was)
})

test('two numbers of one person that come in one company are one person', { timeout: 120_000 }, async (t) => {
  const { place } = await world(t)
  const { archive, stations } = await place('merged')
  const result = (id: string, number: string) =>
    message(
      header('LAB', 'ORU^R01', id),
      person(number, 'Жук'),
      'OBR|1||S1|BIO^Биохимия^L|||20260901080000',
      'OBX|1|NM|2345-7^Glucose^LN||5,1|ммоль/л|||||F',
    )
  const merge = message(
    header('HIS', 'ADT^A40', 'M1'),
    'EVN|A40|20260901080000',
    person('P20', 'Жук'),
    'MRG|P10^^^H^MR',
  )
  const company = [result('R1', 'P10'), merge, result('R2', 'P20'), result('R3', 'P10')]
  for (const { outcome } of await admit(
    company.map((bytes, at) => captured(bytes, at)),
    stations,
  ))
    assert.equal(outcome, 'archived')
  const { records } = await archive.searchRecords({ type: 'Observation', limit: 10, offset: 0 })
  assert.equal(records.length, 3)
  assert.equal(new Set(records.map(({ patient }) => patient)).size, 1)
  assert.equal(new Set(records.map(({ date_from }) => date_from?.getTime())).size, 1)
})

test('what is wrong with one of many is kept from the others', { timeout: 120_000 }, async (t) => {
  const { place } = await world(t)
  const { archive, stations } = await place('broken')
  const day = laboratoryMessages(1).hl7
  const broken = captured(Buffer.of(), 50)
  const failing = { ...broken, source: { ...memorySource(Buffer.of()), read: () => assert.fail('a mistake of ours') } }
  const company = [...day.map((bytes, at) => captured(bytes, at)), failing]
  await assert.rejects(admit(company, stations), /a mistake of ours/)
  assert.ok(
    company.every(({ was }) => was === undefined),
    'nobody is settled by a failure that is another’s',
  )
  for (const one of company.slice(0, -1)) await admit([one], stations)
  assert.equal((await everything(archive)).rows.length, day.length)
})

test(
  'what no database can hold is replaced in what a result says, and otherwise waits for nobody',
  { timeout: 120_000 },
  async (t) => {
    const { place } = await world(t)
    const { archive, stations } = await place('unstorable')
    const said = (id: string, value: string) =>
      message(
        header('LAB', 'ORU^R01', id),
        person('P30', 'Жук'),
        'OBR|1||S1|BIO^Биохимия^L|||20260901080000',
        String.raw`OBX|1|ST|77^Проба\X00\^L||` + `${value}||||||F`,
      )
    const company = [said('U1', String.raw`a\X00\b`), said('U2', 'c\0d'), said('U3', 'e')]
    for (const { outcome } of await admit(
      company.map((bytes, at) => captured(bytes, at)),
      stations,
    ))
      assert.equal(outcome, 'archived')
    const { records } = await archive.searchRecords({ type: 'Observation', limit: 10, offset: 0 })
    const values = records.map(({ body }) => (body as { valueString?: string }).valueString)
    assert.deepEqual(values.sort(), ['a\ufffdb', 'c\ufffdd', 'e'])

    const [named] = await admit([captured(said('U4', 'f'), 4)], stations)
    assert.equal(named?.outcome, 'archived')
    const codes = (await archive.waitingCodes(10)).map(({ code, text, messages }) => [code, text, messages])
    assert.deepEqual(codes, [['77', 'Проба\ufffd', 4]])
    const mapped = unificationTables({ mappings: [{ code: '77', analyte: 'urea' }] })
    assert.equal(await unifyAgain(archive, mapped, '+03:00'), 4)

    const impossible = {
      ...(await archive.message(records[0]?.message ?? '')),
      id: 'x',
      text: 'a\0b',
      messageType: 'ORU',
    }
    const stored = archive.storeMessages([{ ...impossible, receivedAt: new Date(), records: [] } as never])
    await assert.rejects(stored, (error) => !isWaiting(error) && /Unicode|invalid byte/.test(String(error)))
  },
)
