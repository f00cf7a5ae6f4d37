/**
 * Captured messages a second from the spool into the archive, the whole way of the worker: read, selected, de-identified by
 * the vault's keys, unified, kept in PostgreSQL, settled. One at a time in each lane, and in companies as the worker takes
 * those that wait; every round is another day of other people.
 */
import { chmodSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '../src/app/postgres/index.ts'
import { compileRules } from '../src/clinical/select/index.ts'
import { openSpoolReader, openSpoolWriter, type MessageStart } from '../src/clinical/spool/index.ts'
import { DeviceMemories, keyFile, keyOf, openVault } from '../src/deidentify/index.ts'
import { admit, laboratory, MESSAGES_TOGETHER, type Stations } from '../src/pipeline/index.ts'
import { openArchive } from '../src/research/archive/index.ts'
import { unificationTables } from '../src/research/unify/index.ts'
import { PROJECT } from './hl7-pipeline.ts'
import { laboratoryDay } from './laboratory-day.ts'
import { Figures, result, type Options, type Result } from './measure.ts'

const LANES = 4
const PEOPLE = 100
const UNIT = 'messages/s'
const WORKLOAD = 'a day of people, 12 messages each'

export async function run(options: Options): Promise<readonly Result[]> {
  const home = await mkdtemp(join(process.env.SLUICE_BENCH_FOLDER ?? tmpdir(), 'sluice-messages-'))
  chmodSync(home, 0o755)
  const postgres = await startPostgres({ home })
  const key = join(home, 'key')
  const vault = await openVault(await postgres.createDatabase('vault'), (isNew) => keyOf(keyFile(key, { make: isNew })))
  const archive = await openArchive({
    connection: await postgres.createDatabase('catalogue'),
    blobs: join(home, 'blobs'),
  })
  try {
    const messages = laboratory({ keys: vault, vault, archive, tables: unificationTables(), utcOffset: '+03:00' })
    const { selector } = compileRules([
      { name: 'results', project: PROJECT.name, when: 'hl7.messageType.startsWith("ORU")' },
    ])
    if (!selector) throw new Error('the rule cannot be compiled')
    const projects = new Map([[PROJECT.name, PROJECT]])
    const stations: Stations = { selector, projects, keys: vault, archive, messages, memories: new DeviceMemories() }
    return [await measured(options, join(home, 'spool'), stations)]
  } finally {
    await archive.close()
    await vault.close()
    await postgres.stop()
    await rm(home, { recursive: true, force: true })
  }
}

async function measured(options: Options, folder: string, stations: Stations): Promise<Result> {
  const figures = new Figures()
  let [day, lost] = [0, 0]
  const people = options.quick ? PEOPLE / 4 : PEOPLE
  for (let round = 0; round < options.rounds; round++)
    for (const [target, company] of [
      ['one at a time', 1],
      ['together', MESSAGES_TOGETHER],
    ] as const) {
      const all = laboratoryDay(people, 12, people * day++)
      const { seconds, archived } = await taken(`${folder}-${day}`, all, company, stations)
      lost += all.length - archived
      figures.add(WORKLOAD, target, UNIT, all.length / seconds)
    }
  const name = `${WORKLOAD}: together / one at a time`
  const ratio = figures.ratio(WORKLOAD, 'together', 'one at a time', UNIT)
  const targets = {
    ...(ratio ? { [name]: { goal: 'at least 2', measured: ratio.median, reached: ratio.median >= 2 } } : {}),
    'not archived': { goal: 'none', measured: lost, reached: lost === 0 },
  }
  const notes = [
    `${LANES} lanes, companies of at most ${MESSAGES_TOGETHER}; the database of the embedded kind on the same machine`,
  ]
  return result('messages', options, {
    rows: figures.rows,
    ratios: ratio ? { [name]: ratio } : {},
    targets,
    notes,
    versions: {},
  })
}

async function taken(
  folder: string,
  all: readonly Buffer[],
  company: number,
  stations: Stations,
): Promise<{ readonly seconds: number; readonly archived: number }> {
  const writer = await openSpoolWriter({ folder })
  await Promise.all(
    all.map(async (bytes, sequence) => {
      const capture = writer.begin(startOf(sequence))
      capture?.write(bytes)
      await capture?.commit(0)
    }),
  )
  const reader = await openSpoolReader({ folder })
  let archived = 0
  const startedAt = performance.now()
  const lane = async (): Promise<void> => {
    for (let some = await reader.take(company); some.length > 0; some = await reader.take(company))
      for (const { outcome } of await admit(some, stations)) if (outcome === 'archived') archived++
  }
  await Promise.all(Array.from({ length: LANES }, lane))
  const seconds = (performance.now() - startedAt) / 1000
  await reader.close()
  await writer.close()
  return { seconds, archived }
}

const startOf = (sequence: number): MessageStart => ({
  ...{ kind: 'hl7', associationId: 'a', link: 'lab', remoteAddress: '127.0.0.1', direction: 'to-upstream', sequence },
  ...{ answer: 'AA', pairedBy: 'control-id', repeated: 'no', at: Date.UTC(2026, 8, 1) + sequence },
})
