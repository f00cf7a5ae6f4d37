/**
 * One supervisor a home: two would take each other's database, spool and sockets. Who runs listens on a socket in it, which the
 * system takes down with the process, however that ends; so nothing stale keeps a start from its place.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { renameSync, rmSync, statSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { Fault, log } from '../../base/index.ts'
import { hasNoRoom } from '../files.ts'

/** of two that start in the same moment one is gone by then */
const SETTLES_MS = 50
const AGAIN_AFTER_MS = 2000

/**
 * A volume that has no room for the socket keeps no traffic from passing: the home is then taken as soon as it has.
 * @param path of the socket; its folder exists
 * @returns gives the home back
 * @throws Fault 'home-in-use'
 */
export async function lockHome(path: string): Promise<() => void> {
  try {
    return await take(path)
  } catch (error) {
    if (!hasNoRoom(error)) throw error
    log.warn('the home is taken when its volume has room', {}, new Fault('disk-failed', {}, error))
  }
  let unlock: (() => void) | undefined
  let isWanted = true
  const again = async () => {
    while (isWanted && !unlock) {
      await pause(AGAIN_AFTER_MS, undefined, { ref: false })
      if (isWanted) unlock = await take(path).catch(() => undefined)
    }
    if (!isWanted) unlock?.()
  }
  void again()
  return () => {
    isWanted = false
    unlock?.()
  }
}

async function take(path: string): Promise<() => void> {
  if (await answers(path)) throw new Fault('home-in-use')
  const own = `${path}.${randomBytes(4).toString('hex')}`
  const server = createServer((socket) => socket.destroy()).listen(own)
  await once(server, 'listening')
  server.unref()
  const { ino } = statSync(own)
  renameSync(own, path)
  const isOurs = () => statSync(path, { throwIfNoEntry: false })?.ino === ino
  const close = () => {
    if (isOurs()) rmSync(path, { force: true })
    server.close()
  }
  await pause(SETTLES_MS)
  if (isOurs()) return close
  close()
  throw new Fault('home-in-use')
}

const answers = (path: string): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(path)
    socket.on('connect', () => (socket.destroy(), done(true))).on('error', () => done(false))
  })
