/** Times of captures, gaps and the ledger are this machine's: is its clock one to believe? */
import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { bad, note, ok, type Finding } from './finding.ts'

const EARLIEST = Date.UTC(2026, 0, 1)
const LATEST = Date.UTC(2100, 0, 1)
const WATCHED_MS = 400
/** a clock that is slewed gains or loses less than a thousandth; more is a step */
const STEP_MS = 20

/** @param written files of ours: none of them can be from the future */
export async function clock(written: readonly string[]): Promise<readonly Finding[]> {
  const now = new Date()
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions()
  const isSane = now.getTime() > EARLIEST && now.getTime() < LATEST
  return [
    (isSane ? ok : bad)(
      'clock',
      `${now.toISOString()}${isSane ? '' : ' cannot be right; set it before anything is captured'}`,
    ),
    synchronized(),
    await steps(),
    ok('time zone', `${timeZone}; devices write local times, so it should be the hospital's`),
    ...future(written, now.getTime()),
  ]
}

function synchronized(): Finding {
  const what = 'clock, synchronized'
  const said =
    asked('timedatectl', ['show', '-p', 'NTPSynchronized', '--value']) ?? asked('chronyc', ['-n', 'tracking'])
  if (said === undefined && existsSync('/run/systemd/timesync/synchronized')) return ok(what, 'by systemd-timesyncd')
  if (said === undefined)
    return note(what, 'neither timedatectl nor chronyc can tell; see to it that the host keeps time')
  return said === 'yes' || /Leap status\s*: Normal/.test(said)
    ? ok(what, 'as the system says')
    : note(what, 'the system says no; switch on systemd-timesyncd or chrony')
}

function asked(program: string, words: readonly string[]): string | undefined {
  try {
    return execFileSync(program, words, { encoding: 'utf8', timeout: 3000, stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

/** The wall clock beside the one that only ever runs on. */
async function steps(): Promise<Finding> {
  const [wall, steady] = [Date.now(), performance.now()]
  await pause(WATCHED_MS)
  const apart = Math.abs(Date.now() - wall - (performance.now() - steady))
  const detail = `${apart.toFixed(1)} ms apart from the steady clock after ${WATCHED_MS} ms`
  return apart < STEP_MS ? ok('clock, steady', detail) : bad('clock, steady', `${detail}: it is being stepped`)
}

function* future(written: readonly string[], now: number): Generator<Finding> {
  for (const path of written) {
    const aheadMs = existsSync(path) ? statSync(path).mtimeMs - now : 0
    if (aheadMs > 60_000) yield bad('clock, went back', `${path} was written ${Math.round(aheadMs / 1000)} s from now`)
  }
}
