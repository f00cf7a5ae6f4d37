/** Priorities of a process's threads, as the system tells them. */
import { readdirSync, readFileSync } from 'node:fs'

/** of each thread: field 19 of proc(5) */
export const prioritiesOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16])
  })
