/**
 * Starts PostgreSQL as a child on a Unix socket, without a TCP port, and makes databases with a login each. A cluster
 * that outlived a killed supervisor is stopped first; a dying one is waited for.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { Fault, log } from '../../base/index.ts'
import { makeOnce } from '../files.ts'
import { findPlaces, type Places } from './places.ts'

export interface Postgres {
  readonly socketFolder: string
  readonly pid: number
  /**
   * Makes a database and a login of the same name where they are missing; nobody else may connect to it.
   * @returns what `pg.Pool` takes
   */
  createDatabase(name: string): Promise<pg.PoolConfig>
  /** resolves when the server is gone, for whatever reason */
  readonly exited: Promise<void>
  /** Fast shutdown: sessions are ended, everything committed is kept. */
  stop(): Promise<void>
}

const SUPERUSER = 'sluice_owner'
const PORT = 5432
const END_MS = 5000

/**
 * @param home the data folder of Sluice; the cluster stands in `home/postgres`, passwords in `home/postgres-logins` (0600)
 * @param end of the attempt, also in its middle
 * @throws Fault 'archive-unavailable' when the server does not answer within 30 s, or `end` comes before
 */
export async function startPostgres({
  home,
  end,
}: {
  readonly home: string
  readonly end?: AbortSignal
}): Promise<Postgres> {
  mkdirSync(home, { recursive: true })
  const places = findPlaces(home)
  const logins = join(home, 'postgres-logins')
  mkdirSync(logins, { recursive: true, mode: 0o700 })
  const data = join(places.cluster, 'data')
  owned(places, data)
  owned(places, places.socketFolder)
  await endSurvivor(data)
  if (!existsSync(join(data, 'PG_VERSION'))) await initialise(places, data, password(logins, SUPERUSER))

  const owner = (database: string): pg.PoolConfig => ({
    host: places.socketFolder,
    port: PORT,
    user: SUPERUSER,
    password: password(logins, SUPERUSER),
    database,
  })
  const server = await launch(places, data, owner('postgres'), end)
  const exited = new Promise<void>((done) => server.once('exit', () => done()))
  return {
    socketFolder: places.socketFolder,
    pid: server.pid ?? 0,
    exited,
    createDatabase: (name) => createDatabase(owner('postgres'), name, password(logins, name)),
    stop: async () => {
      server.kill('SIGINT')
      await exited
    },
  }
}

/**
 * @param name of a database that a running Sluice has made
 * @returns how to reach it, or undefined when its server does not run
 */
export function runningDatabase(home: string, name: string): pg.PoolConfig | undefined {
  if (!existsSync(home)) return undefined
  const data = join(findPlaces(home).cluster, 'data')
  const login = join(home, 'postgres-logins', name)
  if (!existsSync(join(data, 'postmaster.pid')) || !existsSync(login)) return undefined
  const [pid = '', , , port, socketFolder] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
  if (!runs(Number(pid), data) || !socketFolder) return undefined
  return { host: socketFolder, port: Number(port), user: name, password: readFileSync(login, 'utf8'), database: name }
}

function runs(pid: number, data: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data)
  } catch {
    return false
  }
}

function owned(places: Places, folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  if (places.runAs) chownSync(folder, places.runAs.uid, places.runAs.gid)
}

function password(logins: string, name: string): string {
  const file = join(logins, name)
  makeOnce(file, () => randomBytes(24).toString('base64url'))
  return readFileSync(file, 'utf8')
}

/** Beside its place, and there when it is whole: what was cut short is made again. */
async function initialise(places: Places, data: string, secret: string): Promise<void> {
  const making = `${data}.making`
  rmSync(making, { recursive: true, force: true })
  owned(places, making)
  // initdb reads the first password from a file that its own user can open
  const secretFile = join(places.socketFolder, 'first-password')
  writeFileSync(secretFile, `${secret}\n`, { mode: 0o600 })
  if (places.runAs) chownSync(secretFile, places.runAs.uid, places.runAs.gid)
  const initdb = spawn(
    join(places.programs, 'bin', 'initdb'),
    [
      ...['-D', making, '-U', SUPERUSER, '--encoding=UTF8', '--data-checksums'],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C.UTF-8'],
      ...['--auth=scram-sha-256', `--pwfile=${secretFile}`],
    ],
    { ...places.runAs, cwd: making, stdio: ['ignore', 'ignore', 'pipe'], env: environment(places) },
  )
  let said = ''
  initdb.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
  const status = await new Promise<number>((done) =>
    initdb.once('error', () => done(-1)).once('close', (code) => done(code ?? -1)),
  )
  rmSync(secretFile, { force: true })
  if (status !== 0) throw new Fault('archive-unavailable', { step: 'initdb', status }, new Error(said))
  renameSync(making, data)
}

/** postgres finds its libraries beside itself; it needs nothing of ours, least of all our secrets */
const environment = (places: Places): NodeJS.ProcessEnv => ({
  PATH: '/usr/bin:/bin',
  LANG: 'C.UTF-8',
  LD_LIBRARY_PATH: join(places.programs, 'lib'),
})

async function launch(
  places: Places,
  data: string,
  connection: pg.PoolConfig,
  end?: AbortSignal,
): Promise<ChildProcess> {
  const until = performance.now() + 30_000
  for (;;) {
    const server = spawn(
      join(places.programs, 'bin', 'postgres'),
      [
        ...['-D', data, '-k', places.socketFolder, '-p', String(PORT), '-c', 'listen_addresses='],
        ...['-c', 'unix_socket_permissions=0700', '-c', 'max_connections=100', '-c', 'shared_buffers=256MB'],
        ...['-c', 'log_statement=none', '-c', 'log_min_error_statement=panic', '-c', 'log_error_verbosity=terse'],
      ],
      { ...places.runAs, cwd: data, stdio: 'ignore', env: environment(places) },
    )
    if (await answers(server, connection, () => !end?.aborted && performance.now() < until)) return server
    if (end?.aborted) await ended(server)
    else server.kill('SIGKILL')
    if (end?.aborted || performance.now() > until) throw new Fault('archive-unavailable', { step: 'start' })
    // a killed predecessor may hold its lock file for a second or two: try again
    await pause(500)
  }
}

/** What is in the middle of its start is let to end in order. */
async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) return
  const gone = new Promise((done) => server.once('exit', done))
  server.kill('SIGINT')
  const timer = setTimeout(() => server.kill('SIGKILL'), END_MS)
  await gone
  clearTimeout(timer)
}

async function answers(server: ChildProcess, connection: pg.PoolConfig, isAwaited: () => boolean): Promise<boolean> {
  let gone = false
  server.once('exit', () => (gone = true)).once('error', () => (gone = true))
  while (!gone && isAwaited()) {
    const client = new pg.Client(connection)
    client.on('error', () => {})
    try {
      await client.connect()
      await client.end()
      return true
    } catch {
      await pause(50)
    }
  }
  return false
}

/** A postmaster whose supervisor was killed runs on: it is told to stop, and waited for. */
async function endSurvivor(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  if (!existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  const isOurs = () => runs(pid, data)
  if (!Number.isInteger(pid) || pid <= 1 || !isOurs()) return
  log.warn('a database that outlived its supervisor was stopped', { pid })
  process.kill(pid, 'SIGINT')
  for (const until = performance.now() + 15_000; isOurs() && performance.now() < until;) await pause(50)
}

async function createDatabase(owner: pg.PoolConfig, name: string, secret: string): Promise<pg.PoolConfig> {
  const client = new pg.Client(owner)
  await client.connect()
  try {
    const id = client.escapeIdentifier(name)
    const login = await client.query('select 1 from pg_roles where rolname = $1', [name])
    if (!login.rowCount) await client.query(`create role ${id} login`)
    await client.query(`alter role ${id} password ${client.escapeLiteral(secret)}`)
    const database = await client.query('select 1 from pg_database where datname = $1', [name])
    if (!database.rowCount) await client.query(`create database ${id} owner ${id}`)
    await client.query(`revoke all on database ${id} from public`)
    return { ...owner, user: name, password: secret, database: name }
  } finally {
    await client.end()
  }
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))
