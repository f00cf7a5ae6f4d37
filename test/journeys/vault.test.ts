/** The vault from the command line, as an administrator and custodians type it. */
import assert from 'node:assert/strict'
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { keyFile, keyOf, openVault } from '../../src/deidentify/index.ts'
import { atEnd, run, temporaryFolder } from '../peers.ts'

const ivanov = { patientID: 'ИБ-20/118826', issuer: 'clinic' }

/** A configured home whose database runs, as it does beside `sluice up`, with one person in the vault. */
async function home(t: TestContext, vault = '') {
  const cwd = temporaryFolder(t)
  chmodSync(cwd, 0o755)
  writeFileSync(
    join(cwd, 'sluice.yaml'),
    `version: 1\nhome: ./data\nprojects:\n  - { name: head-ct, title: Head CT }\n${vault}`,
  )
  const postgres = await startPostgres({ home: join(cwd, 'data') })
  atEnd(t, () => postgres.stop())
  const connection = await postgres.createDatabase('vault')
  const sluice = (args: readonly string[], ...lines: string[]) =>
    run(resolve('bin/sluice'), args, { cwd, input: lines.map((line) => `${line}\n`).join('') })
  return { cwd, sluice, connection, key: join(cwd, 'data/clinical/keys/vault') }
}

test('the vault’s key is split in three, lost, and joined from two', { timeout: 300_000 }, async (t) => {
  const { cwd, sluice, key } = await home(t)
  assert.equal((await sluice(['vault', 'epoch', 'head-ct'])).status, 0)
  assert.equal(statSync(key).mode & 0o777, 0o600)
  const original = readFileSync(key)
  const { files } = JSON.parse((await sluice(['vault', 'split', '--json'])).stdout) as { files: string[] }
  assert.equal(files.length, 3)
  for (const file of files) assert.equal(statSync(join(cwd, file)).mode & 0o777, 0o600)
  rmSync(key)
  const locked = await sluice(['vault', 'ledger'])
  assert.equal(locked.status, 1)
  assert.match(locked.stderr, /sluice vault join/)
  assert.ok(!existsSync(key), 'a vault that has keys gets no new one')
  writeFileSync(join(cwd, 'other.txt'), `${Buffer.alloc(33, 7).toString('base64url')}\n`)
  assert.equal((await sluice(['vault', 'join', files[0] as string, 'other.txt'])).status, 1)
  assert.ok(!existsSync(key))
  const joined = await sluice(['vault', 'join', files[2] as string, files[0] as string])
  assert.equal(joined.status, 0, joined.stderr)
  assert.deepEqual(readFileSync(key), original)
  assert.equal((await sluice(['vault', 'rekey'])).status, 0)
  assert.notDeepEqual(readFileSync(key), original)
  const ledger = await sluice(['vault', 'ledger', '--json'])
  assert.deepEqual(
    ledger.stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { event: string }).event),
    ['project keys made', 'keys wrapped anew'],
  )
  chmodSync(key, 0o644)
  assert.match((await sluice(['vault', 'ledger'])).stderr, /read by others/)
})

test(
  'two custodians learn who somebody is; numbers are merged; keys are destroyed',
  { timeout: 300_000 },
  async (t) => {
    const { sluice, connection, key } = await home(t)
    const [anna, boris] = ['correct horse battery', 'staple of the river']
    const custody = await sluice(['vault', 'custody', '--custodian', 'anna', 'boris'], anna, boris)
    assert.equal(custody.status, 0, custody.stderr)
    const vault = await openVault(connection, (isNew) => keyOf(keyFile(key, { make: isNew })))
    const { pseudonym } = await vault.person('head-ct', ivanov)
    await vault.close()
    const why = ['--purpose', 'an incidental finding', '--reference', 'protocol 12']
    const requested = await sluice(
      ['reidentify', 'request', 'head-ct', pseudonym, '--as', 'anna', '--json', ...why],
      anna,
    )
    assert.equal(requested.status, 0, requested.stderr)
    const { id } = JSON.parse(requested.stdout) as { id: string }
    assert.match((await sluice(['reidentify', 'approve', id, '--as', 'anna'], anna)).stderr, /two different custodians/)
    assert.match((await sluice(['reidentify', 'approve', id, '--as', 'boris'], anna)).stderr, /no such custodian/)
    assert.equal((await sluice(['reidentify', 'approve', id, '--as', 'boris'], boris)).status, 0)
    const answered = await sluice(['reidentify', 'answer', id, '--as', 'anna'], anna)
    assert.equal(answered.stdout, `${ivanov.patientID}\t${ivanov.issuer}\n`)
    assert.match((await sluice(['reidentify', 'list'])).stdout, / answered {2}head-ct /)
    const merged = await sluice(
      ['vault', 'merge'],
      'temporary-7',
      'clinic',
      ivanov.patientID.toLowerCase(),
      ivanov.issuer,
    )
    assert.match(merged.stdout, /one person from now on/)
    const end = ['vault', 'destroy', 'head-ct', '--purpose', 'the study is over', '--reference', 'act 3']
    assert.equal((await sluice(end, 'another-name')).status, 2)
    assert.match((await sluice(end, 'head-ct')).stdout, /is anonymous/)
    assert.match((await sluice(['vault', 'epoch', 'nonsense'])).stderr, /not in the configuration/)
  },
)

test('a key service’s program wraps the keys in place of a file', { timeout: 300_000 }, async (t) => {
  const { cwd, sluice, key } = await home(t, 'vault: { keyCommand: [./service.sh] }\n')
  const service = (script: string) => writeFileSync(join(cwd, 'service.sh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  service('cat')
  assert.equal((await sluice(['vault', 'epoch', 'head-ct'])).status, 0)
  assert.equal((await sluice(['vault', 'ledger'])).status, 0)
  assert.ok(!existsSync(key))
  service('head -c 32 /dev/zero | base64')
  assert.match((await sluice(['vault', 'ledger'])).stderr, /does not open/)
  service('exit 3')
  assert.match((await sluice(['vault', 'ledger'])).stderr, /command that wraps and unwraps keys failed/)
})
