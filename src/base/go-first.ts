/**
 * What passes traffic on may go before other programs of the machine, where the system permits it: the gate, the database or
 * somebody's algorithm may keep every processor busy, and the hospital's line does not wait for them. Who takes what another
 * hands over goes before that one, so that nothing piles up in between (docs/decisions/0050).
 */
import { readlinkSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'

/** an ordinary program has {@link ORDINARY}; the system's own threads that must not wait stand above all of these */
export const PRIORITY = { relay: -6, witness: -10, observer: -14 } as const
const ORDINARY = 0

/**
 * The thread that calls, and those it starts from then on. Nobody goes first where the observer may not go as far as it
 * must: a relay that is ahead of who takes its pieces loses their copies and proofs.
 *
 * @param thread another one of this process, by its number; 0: the one that calls
 * @returns whether it goes first now
 */
export function goFirst(as: keyof typeof PRIORITY, thread = 0): boolean {
  try {
    setPriority(thread, PRIORITY.observer)
    setPriority(thread, PRIORITY[as])
    return true
  } catch {
    return false
  }
}

/**
 * Gives up its place: the thread is as any other program then, and may {@link goFirst} again.
 *
 * @param thread its number; 0: the one that calls
 */
export function stepBack(thread = 0): void {
  try {
    setPriority(thread, ORDINARY)
  } catch {
    // it has ended
  }
}

/** @returns the number of the thread that calls; undefined where the system does not tell */
export function ownThread(): number | undefined {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return undefined
  }
}

/** @returns whether a process of this user, started like this one, would be permitted to */
export function mayGoFirst(): boolean {
  const before = getPriority()
  const may = goFirst('observer')
  setPriority(before)
  return may
}
