/** The gate over files and folders, without any server: what `sluice deidentify` does. */
import { closeSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, renameSync, writeSync } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { chunks, openDataSet, type ByteSource, type DataSet } from '../standards/dicom/index.ts'
import { deidentify, quarantined, type GateOutcome, type GateProject, type PseudonymKeys } from '../deidentify/index.ts'

/** One line of the report: our reference of the input, what became of it, and where; never a value of it. */
export interface FileReport {
  /** the position among the inputs, from 1; names of files may name patients */
  readonly input: number
  readonly outcome: 'de-identified' | 'quarantined'
  readonly output?: string
  readonly code?: string
  readonly what?: string
  readonly path?: string
  readonly offset?: number
  readonly parsed?: number
  readonly kept?: number
  readonly changed?: number
  readonly removed?: number
}

/** @returns all files below, in order of name */
export async function filesBelow(path: string): Promise<readonly string[]> {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/**
 * De-identifies files one after the other into `output/STUDY/SERIES/INSTANCE.dcm`, named by the new UIDs.
 * @returns a report an input, as it is done
 */
export async function* deidentifyFiles(
  files: readonly string[],
  output: string,
  project: GateProject,
  keys: PseudonymKeys,
): AsyncGenerator<FileReport> {
  for (const [at, file] of files.entries()) {
    const input = at + 1
    const fd = openSync(file, 'r')
    try {
      const outcome = await clear(fileSource(fd), project, keys)
      if (outcome.outcome === 'quarantined') yield { input, ...outcome }
      else {
        const { parsed, kept, changed, removed } = outcome.report
        yield {
          input,
          outcome: 'de-identified',
          output: write(outcome.dataSet, output),
          parsed,
          kept,
          changed,
          removed,
        }
      }
    } finally {
      closeSync(fd)
    }
  }
}

async function clear(source: ByteSource, project: GateProject, keys: PseudonymKeys): Promise<GateOutcome> {
  let opened: DataSet<'identified'>
  try {
    opened = openDataSet(source)
  } catch (error) {
    return quarantined(error)
  }
  return deidentify(opened, project, keys)
}

/** what a scan may keep; a read of more is copied on before the next one */
const KEPT_BYTES = 65_536
const shared = Buffer.allocUnsafeSlow(1 << 20)

/** A file as a source; all large reads share one buffer, so that memory grows neither with the file nor with their number. */
export function fileSource(fd: number): ByteSource {
  return {
    sizeBytes: fstatSync(fd).size,
    read: (offset, length) => {
      const into = length > KEPT_BYTES && length <= shared.length ? shared : Buffer.allocUnsafe(length)
      return into.subarray(0, readSync(fd, into, 0, length, offset))
    },
  }
}

function write(dataSet: DataSet<'de-identified'>, output: string): string {
  const name = join(dataSet.StudyInstanceUID, dataSet.SeriesInstanceUID, `${dataSet.SOPInstanceUID}.dcm`)
  mkdirSync(join(output, dataSet.StudyInstanceUID, dataSet.SeriesInstanceUID), { recursive: true })
  const temporary = join(output, `.${dataSet.SOPInstanceUID}.part`)
  const fd = openSync(temporary, 'w')
  try {
    for (const chunk of chunks(dataSet.source)) writeSync(fd, chunk)
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
  renameSync(temporary, join(output, name))
  return name
}
