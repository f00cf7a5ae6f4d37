/** A thread of `deidentify`: takes runs of files and reports them whole. What it throws ends it, and is thrown again by who started it. */
import { parentPort, workerData } from 'node:worker_threads'
import { temporaryKeys } from '../deidentify/index.ts'
import { deidentifyFiles, type FileReport } from './deidentify-files.ts'
import type { Run, RunDone, ThreadData } from './deidentify-in-threads.ts'

const { output, project, secret, sync } = workerData as ThreadData
const keys = temporaryKeys(secret)

parentPort?.on('message', ({ run, files }: Run) => void one(run, files))

async function one(run: number, files: readonly string[]): Promise<void> {
  const reports: FileReport[] = []
  for await (const report of deidentifyFiles(files, output, project, keys, { sync })) reports.push(report)
  parentPort?.postMessage({ run, reports } satisfies RunDone)
}
