/**
 * The relay and the observer go before other programs of the machine, where the system permits it: the gate, the database or
 * somebody's algorithm may keep every processor busy, and the hospital's line does not wait for them (docs/decisions/0050).
 */
import { getPriority, setPriority } from 'node:os'

/** nine times an ordinary program's share of a processor; the system's own threads that must not wait stand above it */
const FIRST = -10

/**
 * @param pid of another process, of which the first thread goes first; 0: the thread that calls and those it starts from then on
 * @returns whether it goes first now
 */
export function goFirst(pid = 0): boolean {
  try {
    if (getPriority(pid) > FIRST) setPriority(pid, FIRST)
    return true
  } catch {
    return false
  }
}

/** @returns whether a process of this user, started like this one, would be permitted to */
export function mayGoFirst(): boolean {
  const before = getPriority()
  const may = goFirst()
  setPriority(before)
  return may
}
