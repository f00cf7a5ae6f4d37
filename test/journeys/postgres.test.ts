import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { atEnd, eventually, temporaryFolder } from '../peers.ts'

const ask = async (connection: pg.PoolConfig, sql: string) => {
  const client = new pg.Client(connection)
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows as Record<string, unknown>[]
}

test('the embedded database starts, keeps its databases apart, and survives a kill', async (t) => {
  const home = temporaryFolder(t)
  chmodSync(home, 0o755)
  const first = await startPostgres({ home })
  atEnd(t, () => first.stop())
  const vault = await first.createDatabase('vault')
  const catalogue = await first.createDatabase('catalogue')
  await ask(vault, 'create table kept (x int)')
  await ask(vault, 'insert into kept values (1)')
  await assert.rejects(ask({ ...catalogue, database: 'vault' }, 'select 1'), /permission denied/)
  await assert.rejects(ask({ ...vault, password: 'guess' }, 'select 1'), /password/)
  const [row] = await ask(
    catalogue,
    "select show_trgm is null as x from (select current_setting('listen_addresses') as show_trgm) s",
  )
  assert.equal(row?.x, false)

  process.kill(first.pid, 'SIGKILL')
  await first.exited
  const second = await startPostgres({ home })
  atEnd(t, () => second.stop())
  const again = await second.createDatabase('vault')
  assert.deepEqual(await ask(again, 'select x from kept'), [{ x: 1 }])

  // a second starter finds the survivor of a killed supervisor and takes over
  const third = await startPostgres({ home })
  atEnd(t, () => third.stop())
  await second.exited
  assert.deepEqual(await ask(await third.createDatabase('vault'), 'select x from kept'), [{ x: 1 }])
})

test('a home that nobody but its owner may enter does not stop the embedded database', async (t) => {
  const closed = temporaryFolder(t)
  chmodSync(closed, 0o700)
  const home = join(closed, 'data')
  mkdirSync(home)
  const postgres = await startPostgres({ home })
  const elsewhere = join(home, 'postgres.location')
  const cluster = existsSync(elsewhere) ? readFileSync(elsewhere, 'utf8').trim() : undefined
  atEnd(t, () => cluster && rmSync(cluster, { recursive: true }))
  const database = await postgres.createDatabase('vault')
  assert.deepEqual(await ask(database, 'select 1 as one'), [{ one: 1 }])
  await postgres.stop()
})

test('a database whose first making was cut short is made again', async (t) => {
  const home = temporaryFolder(t)
  chmodSync(home, 0o755)
  const cut = assert.rejects(startPostgres({ home }), { code: 'archive-unavailable' })
  await eventually('it is being made', () => existsSync(join(home, 'postgres/data.making/PG_VERSION')))
  const [initdb] = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ')
  process.kill(Number(initdb), 'SIGKILL')
  await cut
  const postgres = await startPostgres({ home })
  atEnd(t, () => postgres.stop())
  assert.deepEqual(await ask(await postgres.createDatabase('vault'), 'select 1 as one'), [{ one: 1 }])
})
