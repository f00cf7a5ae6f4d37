/**
 * One measured pass over a folder in a process of its own: seconds without start-up, and the highest resident memory. Of many
 * files all are taken once before that, and the first of them measured beside: a gate runs for months, and the runtime compiles
 * what it runs, ours or other's, over the first thousand files.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { deidentifyFiles } from '../src/app/deidentify-files.ts'
import { filesBelow } from '../src/app/files.ts'
import { temporaryKeys } from '../src/deidentify/index.ts'
import { BATCH_FILES, emptyFiles, inBatches } from './gate-batches.ts'
import { PROJECT } from './gate-project.ts'
import { memoryMb } from './measure.ts'

interface Dcmjs {
  readonly data: {
    readonly DicomMessage: { readFile(bytes: ArrayBuffer): { readonly dict: object; write(): ArrayBuffer } }
  }
  readonly anonymizer: { cleanTags(dict: object): void }
}

type OnePass = (files: readonly string[], output: string) => Promise<number>

/** so few, and they are not taken twice */
const FEW_FILES = 256
const [target = '', input = '', output = ''] = process.argv.slice(2)
const files = filesBelow(input)
const passes: Readonly<Record<string, OnePass>> = {
  sluice: (files, output) => sluice(files, output, true),
  'sluice-unsynced': (files, output) => sluice(files, output, false),
  copy,
  dcmjs,
}
const pass = passes[target]
if (!pass) throw new Error(`no such pass: ${target}`)
// it comes without types
const parser = target === 'dcmjs' ? ((await import('dcmjs' as string)) as { default: Dcmjs }).default : undefined
const measured = (files: readonly string[], folder: string) =>
  inBatches(
    files,
    () => emptyFiles(folder),
    (batch) => pass(batch, folder),
  )
let firstSeconds: number | undefined
if (files.length > FEW_FILES) {
  // elsewhere: ext4 has the disk write a file at once that is renamed over another, and a gate's files are new
  const before = `${output}-before`
  mkdirSync(before)
  firstSeconds = (await measured(files.slice(0, BATCH_FILES), before)).seconds
  await measured(files.slice(BATCH_FILES), before)
}
const { done, seconds } = await measured(files, output)
console.log(JSON.stringify({ done, seconds, firstSeconds, peakMb: memoryMb(process.pid).peak }))

async function sluice(files: readonly string[], output: string, sync: boolean): Promise<number> {
  let cleared = 0
  for await (const report of deidentifyFiles(files, output, PROJECT, temporaryKeys(), { sync }))
    if (report.outcome === 'de-identified') cleared++
  return cleared
}

/** what any copy costs that is on the disk when it says so */
function copy(files: readonly string[], output: string): Promise<number> {
  const buffer = Buffer.allocUnsafe(1 << 20)
  for (const file of files) {
    const from = openSync(file, 'r')
    const fd = openSync(join(output, basename(file)), 'w')
    for (let length = readSync(from, buffer); length > 0; length = readSync(from, buffer))
      writeSync(fd, buffer, 0, length)
    fsyncSync(fd)
    closeSync(fd)
    closeSync(from)
  }
  return Promise.resolve(files.length)
}

function dcmjs(files: readonly string[], output: string): Promise<number> {
  if (!parser) throw new Error('not loaded')
  for (const file of files) {
    const bytes = readFileSync(file)
    const read = parser.data.DicomMessage.readFile(
      bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
    )
    parser.anonymizer.cleanTags(read.dict)
    writeFileSync(join(output, basename(file)), Buffer.from(read.write()))
  }
  return Promise.resolve(files.length)
}
