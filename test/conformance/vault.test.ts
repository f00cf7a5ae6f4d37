/** The vault over a real PostgreSQL: persons, merges, epochs, custody, the ledger, and what its database alone gives away. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmodSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { isChecked, keyOf, openVault, type Custodian, type Identity } from '../../src/deidentify/index.ts'
import type { FaultCode } from '../../src/base/index.ts'
import { atEnd, temporaryFolder } from '../peers.ts'

const ivanov: Identity = { patientID: 'ИБ-20/11882604719', issuer: 'clinic' }
const again: Identity = { patientID: '112-233-445 95', issuer: 'snils' }
const petrova: Identity = { patientID: 'ИБ-20/118827', issuer: 'clinic' }
const [anna, boris, vera]: [Custodian, Custodian, Custodian] = [
  { name: 'anna', passphrase: 'correct horse battery' },
  { name: 'boris', passphrase: 'staple of the river' },
  { name: 'vera', passphrase: 'шлюз на большой реке' },
]
const asked = { project: 'p', purpose: 'an incidental finding', reference: 'protocol 12' }
const code = (expected: FaultCode) => (error: unknown) => (error as { code?: string }).code === expected

async function server(t: TestContext) {
  const home = temporaryFolder(t)
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ home })
  atEnd(t, () => postgres.stop())
  let databases = 0
  return async () => {
    const connection = await postgres.createDatabase(`vault${databases++}`)
    const key = randomBytes(32)
    const open = async (other: Uint8Array = key) => {
      const vault = await openVault(connection, () => keyOf(other))
      atEnd(t, () => vault.close())
      return vault
    }
    const sql = async <Row extends pg.QueryResultRow>(text: string): Promise<Row[]> => {
      const client = new pg.Client(connection)
      await client.connect()
      try {
        return (await client.query<Row>(text)).rows
      } finally {
        await client.end()
      }
    }
    return { open, key, sql }
  }
}

test('the vault', { timeout: 300_000 }, async (t) => {
  const fresh = await server(t)

  await t.test('one person has one pseudonym in a project, whoever asks first, and again after a restart', async () => {
    const { open } = await fresh()
    const vaults = await Promise.all([open(), open(), open()])
    const persons = await Promise.all(vaults.map((vault) => vault.person('head-ct', ivanov)))
    for (const person of persons) assert.deepEqual(person, persons[0])
    assert.match(persons[0]?.pseudonym ?? '', /^HEADCT-[0-9A-Z]{11}$/)
    assert.ok(isChecked(persons[0]?.pseudonym ?? ''))
    const elsewhere = await vaults[0].person('other', ivanov)
    assert.notEqual(elsewhere.pseudonym.split('-')[1], persons[0]?.pseudonym.split('-')[1])
    assert.notDeepEqual(await vaults[0].uidKey('other'), await vaults[0].uidKey('head-ct'))
    assert.notDeepEqual(await vaults[0].uidKey('other'), await vaults[0].numberKey('other'))
    assert.notDeepEqual(await vaults[0].person('head-ct', petrova), persons[0])
    assert.deepEqual(await (await open()).person('head-ct', ivanov), persons[0])
  })

  await t.test('dates move by whole weeks where a project asks for it, and always into the past', async () => {
    const vault = await (await fresh()).open()
    for (let number = 0; number < 50; number++) {
      const identity = { patientID: `${number}`, issuer: '' }
      const { dateShiftDays } = await vault.person('weeks', identity, { wholeWeeks: true })
      assert.equal(dateShiftDays % 7, -0)
      assert.ok(dateShiftDays <= -14)
      assert.ok((await vault.person('days', identity)).dateShiftDays <= -14)
    }
  })

  await t.test(
    'merged numbers lead to one person, and what was archived under the other pseudonym is told',
    async () => {
      const vault = await (await fresh()).open()
      const [one, two] = [await vault.person('p', again), await vault.person('p', ivanov)]
      const only = await vault.person('q', again)
      assert.equal(await vault.merge(again, ivanov, 'anna'), true)
      assert.equal(await vault.merge(again, ivanov, 'anna'), false, 'twice changes nothing')
      assert.deepEqual(await vault.person('p', again), two)
      assert.deepEqual(await vault.person('q', ivanov), only, 'the only pseudonym of a project is taken over')
      const expected = { project: 'p', from: one.pseudonym, into: two.pseudonym }
      const dateShiftDays = two.dateShiftDays - one.dateShiftDays
      assert.deepEqual(await vault.rekeyed(), [{ ...expected, dateShiftDays }])
      // a chain of merges leads to its end
      const last = await vault.person('p', petrova)
      await vault.merge(ivanov, petrova, 'anna')
      assert.deepEqual(
        (await vault.rekeyed('p')).map(({ into }) => into),
        [last.pseudonym, last.pseudonym],
      )
      assert.deepEqual(await vault.person('p', again), last)
      // a merge into itself, back and forth, is none
      assert.equal(await vault.merge(petrova, again, 'anna'), false)
    },
  )

  await t.test('a new epoch has other keys and pseudonyms, and old ones still lead to the person', async () => {
    const { open } = await fresh()
    const vault = await open()
    await vault.takeCustody([anna, boris], [], 'admin')
    const before = [await vault.uidKey('p'), await vault.person('p', ivanov)] as const
    assert.equal(await vault.openEpoch('p', 'admin'), 2)
    assert.notDeepEqual(await vault.uidKey('p'), before[0])
    assert.notEqual((await vault.person('p', ivanov)).pseudonym, before[1].pseudonym)
    const id = await vault.request(anna, { ...asked, pseudonym: before[1].pseudonym })
    await vault.decide(boris, id, 'approve')
    assert.deepEqual(await vault.answer(anna, id), [ivanov])
  })

  await t.test('the database alone opens nothing: every key is wrapped, and no number stands in it', async () => {
    const { open, sql, key } = await fresh()
    const vault = await open()
    await vault.takeCustody([anna, boris, vera], [], 'admin')
    await vault.person('p', ivanov)
    await assert.rejects(open(randomBytes(32)), code('vault-key-wrong'))
    let dump = ''
    for (const { table_name } of await sql<{ table_name: string }>(
      `select table_name from information_schema.tables where table_schema = 'public'`,
    ))
      dump += JSON.stringify(await sql(`select to_jsonb(x)::text as row from "${table_name}" x`))
    for (const secret of [ivanov.patientID, '11882604719', anna.passphrase])
      for (const form of [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')])
        assert.ok(!dump.includes(form))
    assert.ok(!dump.includes(key.toString('hex')))
    assert.ok(!dump.includes(Buffer.from(await vault.uidKey('p')).toString('hex')))
    // under another key everything opens again
    const next = randomBytes(32)
    const uidKey = await vault.uidKey('p')
    assert.equal(await vault.wrapAnew(keyOf(next), 'admin'), 2)
    await assert.rejects(open(), code('vault-key-wrong'))
    assert.deepEqual(await (await open(next)).uidKey('p'), uidKey)
  })

  await t.test(
    'who somebody is takes two people, a purpose and a reference, is told once, and stands in the ledger',
    async () => {
      const { open } = await fresh()
      const vault = await open()
      const { pseudonym } = await vault.person('p', ivanov)
      const nobody = vault.request(anna, { ...asked, pseudonym })
      await assert.rejects(nobody, code('custodian-unknown'), 'without custodians nobody is told anything')
      await assert.rejects(vault.takeCustody([anna], [], 'admin'), code('custody-too-few'))
      await assert.rejects(vault.takeCustody([anna, anna], [], 'admin'), code('custody-too-few'))
      const short = { name: 'boris', passphrase: 'short' }
      await assert.rejects(vault.takeCustody([anna, short], [], 'admin'), code('passphrase-too-short'))
      await vault.takeCustody([anna, boris, vera], [], 'admin')
      // seen again after there were custodians: from now on the number is kept, sealed to them
      const second = await open()
      assert.equal((await second.person('p', ivanov)).pseudonym, pseudonym)
      const mistyped = `${pseudonym.slice(0, -1)}${pseudonym.endsWith('A') ? 'B' : 'A'}`
      await assert.rejects(vault.request(anna, { ...asked, pseudonym: mistyped }), code('pseudonym-mistyped'))
      await assert.rejects(vault.request(anna, { ...asked, pseudonym, purpose: ' ' }), code('purpose-missing'))
      await assert.rejects(vault.request(anna, { ...asked, pseudonym, reference: '' }), code('purpose-missing'))
      const stranger = { name: 'anna', passphrase: 'not her passphrase' }
      await assert.rejects(vault.request(stranger, { ...asked, pseudonym }), code('custodian-unknown'))
      const id = await vault.request(anna, { ...asked, pseudonym })
      await assert.rejects(vault.decide(anna, id, 'approve'), code('two-people-needed'))
      await assert.rejects(vault.answer(anna, id), code('request-closed'))
      await vault.decide(vera, id, 'approve')
      await assert.rejects(vault.decide(boris, id, 'refuse'), code('request-closed'))
      await assert.rejects(vault.answer(vera, id), code('custodian-unknown'), 'only whoever asked is answered')
      assert.deepEqual(await vault.answer(anna, id), [ivanov])
      await assert.rejects(vault.answer(anna, id), code('request-closed'), 'once')
      const refused = await vault.request(boris, { ...asked, pseudonym })
      await vault.decide(anna, refused, 'refuse')
      await assert.rejects(vault.answer(boris, refused), code('request-closed'))
      assert.deepEqual(
        (await vault.requests()).map(({ state }) => state),
        ['refused', 'answered'],
      )
      const ledger = await vault.ledger()
      assert.deepEqual(
        ledger.map(({ who, event }) => `${who}: ${event}`),
        [
          'gate: project keys made',
          'admin: custody taken',
          'anna: re-identification requested',
          'vera: re-identification approved',
          'anna: re-identification answered',
          'boris: re-identification requested',
          'anna: re-identification refused',
        ],
      )
      assert.equal(ledger[2]?.details.purpose, asked.purpose)
      assert.ok(!JSON.stringify(ledger).includes(ivanov.patientID))
    },
  )

  await t.test('custody goes to others only by two of those who have it', async () => {
    const { open } = await fresh()
    const vault = await open()
    await vault.takeCustody([anna, boris], [], 'admin')
    const { pseudonym } = await vault.person('p', ivanov)
    await assert.rejects(vault.takeCustody([anna, vera], [], 'admin'), code('two-people-needed'))
    await assert.rejects(vault.takeCustody([anna, vera], [anna, anna], 'admin'), code('two-people-needed'))
    await assert.rejects(vault.takeCustody([anna, vera], [anna, vera], 'admin'), code('custodian-unknown'))
    await vault.takeCustody([anna, vera], [anna, boris], 'admin')
    const id = await vault.request(vera, { ...asked, pseudonym })
    await assert.rejects(vault.decide(boris, id, 'approve'), code('custodian-unknown'))
    await vault.decide(anna, id, 'approve')
    assert.deepEqual(await vault.answer(vera, id), [ivanov])
  })

  await t.test('the ledger only grows, and a changed line is found', async () => {
    const { open, sql } = await fresh()
    const vault = await open()
    await vault.openEpoch('p', 'admin')
    await Promise.all(['q', 'r', 's'].map((project) => vault.openEpoch(project, 'admin')))
    assert.equal((await vault.ledger()).length, 4)
    await assert.rejects(sql(`update ledger set who = 'nobody' where seq = 2`), /only grows/)
    await assert.rejects(sql('delete from ledger'), /only grows/)
    await assert.rejects(sql('truncate ledger'), /only grows/)
    await sql('drop trigger ledger_only_grows on ledger')
    await sql(`update ledger set who = 'nobody' where seq = 2`)
    await assert.rejects(vault.ledger(), code('ledger-broken'))
  })

  await t.test('destroyed keys leave nothing that leads back, and the project takes nothing more', async () => {
    const { open, sql } = await fresh()
    const vault = await open()
    await vault.takeCustody([anna, boris], [], 'admin')
    const before = await vault.person('p', ivanov)
    await vault.person('q', petrova)
    const why = { who: 'admin', purpose: 'the study is over', reference: 'act 3' }
    assert.equal(await vault.destroyKeys('p', why), 1)
    await assert.rejects(vault.destroyKeys('p', why), code('not-found'))
    await assert.rejects(vault.person('p', ivanov), code('project-keys-destroyed'))
    await assert.rejects(vault.request(anna, { ...asked, pseudonym: before.pseudonym }), (error) =>
      code('not-found')(error),
    )
    assert.deepEqual(
      await sql('select count(*)::int as n from identity'),
      [{ n: 1 }],
      'whom no project knows is forgotten',
    )
    await vault.person('q', petrova)
    // on purpose again, as a new epoch: another pseudonym
    await vault.openEpoch('p', 'admin')
    assert.notEqual((await vault.person('p', ivanov)).pseudonym, before.pseudonym)
  })
})
