/** `deidentifyFiles` over the machine's cores: runs of files go to threads, reports come back in the order of the files. */
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { Fault } from '../base/index.ts'
import { temporaryKeys, type GateProject } from '../deidentify/index.ts'
import { deidentifyFiles, type FileReport } from './deidentify-files.ts'

/** files that a thread takes at once */
const RUN_FILES = 32
/** a thread warms up for about as long as it takes for so many */
const FEWEST_FILES = 128
/** runs that are under way or done before their turn, a thread */
const AHEAD = 3

export interface ThreadData {
  readonly output: string
  readonly project: GateProject
  readonly secret: Uint8Array
  readonly sync: boolean
}
export interface Run {
  readonly run: number
  readonly files: readonly string[]
}
export interface RunDone {
  readonly run: number
  readonly reports: readonly FileReport[]
}

export interface InThreadsOptions {
  /** default: as many as there are cores and work for */
  readonly jobs?: number
  readonly sync?: boolean
}

/**
 * @param secret of 32 bytes or more, the same in every thread; none: one of this run alone
 * @returns as `deidentifyFiles`: the same bytes and reports, whatever the number of threads
 * @throws what a thread ended with
 */
export async function* deidentifyInThreads(
  files: readonly string[],
  output: string,
  project: GateProject,
  secret: Uint8Array = randomBytes(32),
  { jobs, sync = true }: InThreadsOptions = {},
): AsyncGenerator<FileReport> {
  const fitting = Math.min(availableParallelism(), Math.floor(files.length / FEWEST_FILES))
  const count = Math.min(jobs ?? fitting, Math.ceil(files.length / RUN_FILES))
  if (count < 2) return yield* deidentifyFiles(files, output, project, temporaryKeys(secret), { sync })
  const runs = Math.ceil(files.length / RUN_FILES)
  const waiting = new Map<number, readonly FileReport[]>()
  const workerData: ThreadData = { output, project, secret, sync }
  let [given, told] = [0, 0]
  let failure: unknown
  let awake = () => {}
  const idle = new Set<Worker>()
  const feed = () => {
    for (const thread of idle) {
      if (given === runs || given - told >= count * AHEAD) return
      const from = given * RUN_FILES
      thread.postMessage({ run: given++, files: files.slice(from, from + RUN_FILES) } satisfies Run)
      idle.delete(thread)
    }
  }
  const threads = Array.from({ length: count }, () => {
    const thread = new Worker(new URL('./deidentify-thread.ts', import.meta.url), { workerData })
    const failed = (error: unknown) => {
      failure ??= error
      awake()
    }
    idle.add(thread)
    return thread
      .on('message', ({ run, reports }: RunDone) => {
        waiting.set(run, reports)
        idle.add(thread)
        feed()
        awake()
      })
      .on('error', failed)
      .on('exit', () => failed(new Fault('internal', { what: 'a thread ended' })))
  })
  try {
    feed()
    while (told < runs) {
      const reports = waiting.get(told)
      if (reports) {
        waiting.delete(told++)
        feed()
        for (const report of reports) yield { ...report, input: report.input + (told - 1) * RUN_FILES }
      } else if (failure) throw failure
      else await new Promise<void>((done) => (awake = done))
    }
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()))
  }
}
