/**
 * A virtual machine may give memory that has been free for some seconds back to its host, which gives it again page by page,
 * to whoever asks first: a tap's pages then cost more than all else that is measured. So most of what is free is held while
 * a relay is measured, and what is left is what was used lately.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { ended } from './measure.ts'

const REPORTING = '/sys/module/page_reporting'
const LEFT_MB = 3072
const PIECE_MB = 256
const HOLD = `
const pieces = []
for (let left = Number(process.argv[1]); left > 0; left -= ${PIECE_MB}) pieces.push(Buffer.alloc(${PIECE_MB} << 20, 1))
process.stdout.write('held')
setInterval(() => pieces.length, 1e6)
`

/** @returns what `measure` returns; where no memory is given back nothing is held */
export async function withMemoryHeld<T>(measure: () => Promise<T>): Promise<T> {
  if (!existsSync(REPORTING)) return measure()
  const available = Number(/MemAvailable:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1] ?? 0) / 1024
  const holder = spawn(process.execPath, ['-e', HOLD, String(Math.max(0, Math.floor(available - LEFT_MB)))], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  try {
    await Promise.race([once(holder.stdout, 'data'), once(holder, 'exit')])
    return await measure()
  } finally {
    await ended(holder)
  }
}
