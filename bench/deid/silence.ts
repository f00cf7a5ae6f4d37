/** A19 and A20: what the running program says and leaves behind, and what the vault tells one person, two, and a thief. */
import { randomBytes } from 'node:crypto'
import { chmodSync, copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import pg from 'pg'
import { stringify } from 'yaml'
import { startPostgres } from '../../src/app/postgres/index.ts'
import { keyOf, openVault, type Custodian } from '../../src/deidentify/index.ts'
import { CANARY, CANARY_ID, hostileFiles } from '../../test/conformance/hostile-files.ts'
import type { Figures } from '../measure.ts'
import { forms, type Planted } from './leaks.ts'
import { PROFILE } from './own.ts'
import { emptied } from './peers.ts'

const NEVER = new Set(['BURNED_IN', 'KEEP_PIXELS', 'QI', 'KEEP_OR_DROP'])

/** `sluice deidentify` over planted and hostile files; what it printed and every file that it left beside its outputs. */
export function spoken(folder: string, key: readonly Planted[], work: string, figures: Figures): void {
  const home = emptied(join(work, 'spoken'))
  const [input, output, temporary] = ['in', 'out', 'tmp'].map((name) => join(home, name)) as [string, string, string]
  for (const made of [input, temporary]) mkdirSync(made)
  for (const file of readdirSync(folder)) copyFileSync(join(folder, file), join(input, file))
  for (const [index, { bytes }] of hostileFiles().entries()) writeFileSync(join(input, `hostile-${index}.dcm`), bytes)
  writeFileSync(join(home, 'profile.yaml'), stringify(PROFILE))
  const program = join(import.meta.dirname, '../../bin/sluice')
  const { stdout, stderr } = spawnSync(program, ['deidentify', '--profile', 'profile.yaml', input, output], {
    cwd: home,
    env: { ...process.env, TMPDIR: temporary, NODE_OPTIONS: '--report-on-fatalerror --report-uncaught-exception' },
    maxBuffer: 1 << 28,
  })
  const left = readdirSync(home, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((path) => !path.startsWith(`${input}/`) && !(path.startsWith(`${output}/`) && path.endsWith('.dcm')))
  const said = Buffer.concat([stdout, stderr, ...left.map((path) => readFileSync(path))])
  const secrets = [
    ...key.filter(({ expect, kind }) => !expect.startsWith('kept') && !NEVER.has(kind)),
    ...[CANARY, CANARY_ID].map((value) => ({ value, hex: '' })),
  ]
  const values = new Map(secrets.map(({ value, hex }) => [`${value} ${hex}`, { value, hex }]))
  const add = (unit: string, value: number) => figures.add('what is said', 'Sluice', unit, value)
  add('A19 bytes said', said.length)
  add('A19 values looked for', values.size)
  add('A19 values said', [...values.values()].filter((one) => forms(one).some((form) => said.includes(form))).length)
}

const PEOPLE = 20
const [anna, boris, vera]: [Custodian, Custodian, Custodian] = [
  { name: 'anna', passphrase: randomBytes(12).toString('hex') },
  { name: 'boris', passphrase: randomBytes(12).toString('hex') },
  { name: 'vera', passphrase: randomBytes(12).toString('hex') },
]

/** A vault of twenty people over a real PostgreSQL. */
export async function vault(work: string, figures: Figures): Promise<void> {
  const home = emptied(join(work, 'vault'))
  for (const folder of [work, home]) chmodSync(folder, 0o755)
  const postgres = await startPostgres({ home })
  const add = (unit: string, value: number) => figures.add('vault', 'Sluice', unit, value)
  try {
    const connection = await postgres.createDatabase('vault')
    const secret = randomBytes(32)
    const opened = await openVault(connection, () => keyOf(secret))
    await opened.takeCustody([anna, boris, vera], [], 'bench')
    const numbers = Array.from({ length: PEOPLE }, (_, at) => `${70 + at}-${100_000 + at * 7919}`)
    const asked = { project: 'bench', purpose: 'an incidental finding', reference: 'protocol 12' }
    let [toOne, toTwo] = [0, 0]
    for (const patientID of numbers) {
      const { pseudonym } = await opened.person('bench', { patientID, issuer: 'clinic' })
      const id = await opened.request(anna, { ...asked, pseudonym })
      const told = (approves: Custodian | undefined) =>
        (approves ? opened.decide(approves, id, 'approve') : Promise.resolve())
          .then(() => opened.answer(anna, id))
          .then(
            (people) => Number(people.some((one) => one.patientID === patientID)),
            () => 0,
          )
      toOne += (await told(undefined)) + (await told(anna))
      toTwo += await told(boris)
    }
    add('A20 requests', PEOPLE)
    add('A20 answered to one person', toOne)
    add('A20 answered to two', toTwo)
    const lines = await opened.ledger()
    add('A20 lines of the ledger', lines.length)
    await opened.close()
    const dump = await everything(connection)
    const found = numbers.filter((number) =>
      [number, Buffer.from(number).toString('hex'), Buffer.from(number).toString('base64')].some((form) =>
        dump.includes(form),
      ),
    )
    add('A20 numbers that stand in the vault’s database', found.length)
    const thief = await openVault(connection, () => keyOf(randomBytes(32))).then(
      () => 1,
      () => 0,
    )
    add('A20 opened under another key', thief)
  } finally {
    await postgres.stop()
  }
}

async function everything(connection: pg.ClientConfig): Promise<string> {
  const client = new pg.Client(connection)
  await client.connect()
  try {
    const { rows } = await client.query<{ table_name: string }>(
      `select table_name from information_schema.tables where table_schema = 'public'`,
    )
    let dump = ''
    for (const { table_name } of rows)
      dump += JSON.stringify((await client.query(`select to_jsonb(x)::text as row from "${table_name}" x`)).rows)
    return dump
  } finally {
    await client.end()
  }
}
