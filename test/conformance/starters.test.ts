/** Several processes that start at once on empty databases. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { atEnd, temporaryFolder } from '../peers.ts'
import type { Start } from './starter-child.ts'

const STARTERS = 6

test(
  'several starters at once bring catalogue, accounts and vault to their schema, each step once',
  { timeout: 300_000 },
  async (t) => {
    const home = temporaryFolder(t)
    chmodSync(home, 0o755)
    const postgres = await startPostgres({ home })
    atEnd(t, () => postgres.stop())
    const start: Start = {
      catalogue: await postgres.createDatabase('catalogue'),
      vault: await postgres.createDatabase('vault'),
      blobs: join(home, 'blobs'),
      key: randomBytes(32).toString('hex'),
    }
    const children = Array.from({ length: STARTERS }, () => fork(join(import.meta.dirname, 'starter-child.ts')))
    atEnd(t, () => children.forEach((child) => child.kill()))
    await Promise.all(children.map((child) => once(child, 'message')))
    const said = await Promise.all(
      children.map(async (child) => {
        const answer = once(child, 'message') as Promise<[{ readonly pseudonym?: string; readonly failed?: string }]>
        child.send(start)
        return (await answer)[0]
      }),
    )
    assert.deepEqual(said, Array<unknown>(STARTERS).fill({ pseudonym: said[0]?.pseudonym }))
    assert.ok(said[0]?.pseudonym, 'one key, and one person, whoever came first')

    for (const [database, table] of [
      ['catalogue', 'kysely_migration'],
      ['catalogue', 'account_migration'],
      ['vault', 'kysely_migration'],
    ] as const) {
      const client = new pg.Client(start[database])
      await client.connect()
      const { rows } = await client.query<{ name: string }>(`select name from ${table}`)
      await client.end()
      const names = rows.map(({ name }) => name)
      assert.ok(names.length > 0)
      assert.equal(new Set(names).size, names.length, `${database}: each once`)
    }
  },
)
