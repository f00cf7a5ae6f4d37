/** Ports, disk, open files, the relay's place among other programs, and who may read the keys. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { mayGoFirst } from '../../base/index.ts'
import { splitAddress, type Config } from '../config/index.ts'
import { systemCode } from '../files.ts'
import type { Places } from '../roles/places.ts'
import { bad, note, ok, type Finding } from './finding.ts'

/** @param running a Sluice of the same home listens on them already */
export async function ports(config: Config, running: boolean): Promise<readonly Finding[]> {
  const addresses = [
    ['web', config.web.listen],
    ['operate', config.operate.listen],
    ...config.links.map(({ name, listen }) => [`link ${name}`, listen] as const),
  ] as const
  return Promise.all(
    addresses.map(async ([of, address]) => {
      const what = `port of ${of}`
      const code = await taken(address)
      if (code === undefined) return ok(what, `${address} is free`)
      if (running && code === 'EADDRINUSE') return ok(what, `${address} is taken, and Sluice is running`)
      return bad(what, `${address} cannot be listened on (${code}); choose another, or stop what has it`)
    }),
  )
}

function taken(address: string): Promise<string | undefined> {
  const { host, port } = splitAddress(address)
  return new Promise((done) => {
    const server = createServer().once('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'error'))
    server.listen(port, host, () => server.close(() => done(undefined)))
  })
}

const SYNCS = 5
const PIECE_BYTES = 65_536

export function disk(home: string): readonly Finding[] {
  try {
    mkdirSync(home, { recursive: true })
  } catch (error) {
    return [bad('disk', `home cannot be made (${systemCode(error)})`)]
  }
  const { bavail, blocks, bsize, ffree, files } = statfsSync(home)
  const free = bavail / blocks
  return [
    (free > 0.1 ? ok : bad)(
      'disk',
      `${Math.round((bavail * bsize) / 1e9)} GB free, ${Math.round(free * 100)} %; capturing stops below 5 %`,
    ),
    ...(files && ffree / files < 0.05 ? [bad('disk, inodes', `${ffree} left of ${files}`)] : []),
    sync(home),
  ]
}

function sync(home: string): Finding {
  try {
    const ms = syncTime(home)
    return (ms < 200 ? ok : bad)('sync', `a write and sync of 64 KiB takes ${ms.toFixed(1)} ms, the median of ${SYNCS}`)
  } catch (error) {
    // a full disk is one of the things that it is asked about
    return bad('sync', `64 KiB cannot be written (${systemCode(error)}); ENOSPC is room: free the disk of home`)
  }
}

function syncTime(home: string): number {
  const folder = mkdtempSync(join(home, '.doctor-'))
  let fd: number | undefined
  try {
    const file = (fd = openSync(join(folder, 'sync'), 'w'))
    const times = Array.from({ length: SYNCS }, () => {
      const from = performance.now()
      writeSync(file, Buffer.alloc(PIECE_BYTES))
      fsyncSync(file)
      return performance.now() - from
    })
    return times.sort((a, b) => a - b)[SYNCS >> 1] ?? 0
  } finally {
    if (fd !== undefined) closeSync(fd)
    rmSync(folder, { recursive: true })
  }
}

/** an association takes two sockets; a hospital's busiest hour has hundreds */
const OPEN_FILES = 4096

export function* openFiles(): Generator<Finding> {
  const limits = existsSync('/proc/self/limits') ? readFileSync('/proc/self/limits', 'utf8') : ''
  const [, most = ''] = /^Max open files\s+\S+\s+(\S+)/m.exec(limits) ?? []
  if (most && most !== 'unlimited' && Number(most) < OPEN_FILES)
    yield note(
      'open files',
      `${most} at most; raise it (LimitNOFILE) for more than ${Math.floor(Number(most) / 4)} associations`,
    )
}

/** Where the relay may not go before other programs it waits for them on a busy machine. */
export const priority = (): Finding =>
  mayGoFirst()
    ? ok('priority', 'the relay goes before other programs of this machine that keep it waiting')
    : note(
        'priority',
        'whoever asks may not put the relay before other programs; the service may, with LimitNICE=-14 in its unit',
      )

/** Keys and accounts are ours alone to read. */
export function* keyFiles(config: Config, places: Places): Generator<Finding> {
  const vaultKey = config.vault?.keyFile ?? places.vaultKey
  for (const [what, path] of [
    ['key of the spool', places.spoolKey],
    ['key of the vault', vaultKey],
    ['operators’ accounts', places.operators],
  ] as const) {
    if (!existsSync(path)) {
      if (path === places.spoolKey) yield ok(what, 'is made at the first start')
      continue
    }
    const { mode, uid } = statSync(path)
    const others = mode & 0o077
    const mine = process.getuid === undefined || uid === process.getuid()
    if (others) yield bad(what, `${path} can be read by others (mode ${(mode & 0o777).toString(8)}); chmod 600`)
    else if (!mine) yield bad(what, `${path} belongs to another user than the one who asks`)
    else yield ok(what, `${path}, ours alone`)
  }
}
