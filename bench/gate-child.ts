/**
 * One measured pass over a folder in a process of its own: seconds without start-up, and the highest resident memory. Of many
 * files some are taken before that: a gate runs for months, and at first the runtime has not compiled what it runs, ours or other's.
 */
import { closeSync, fsyncSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs'
import { basename, join } from 'node:path'
import { deidentifyFiles, filesBelow } from '../src/app/deidentify-files.ts'
import { temporaryKeys } from '../src/deidentify/index.ts'
import { emptyFiles, inBatches } from './gate-batches.ts'
import { PROJECT } from './gate-project.ts'
import { memoryMb } from './measure.ts'

interface Dcmjs {
  readonly data: {
    readonly DicomMessage: { readFile(bytes: ArrayBuffer): { readonly dict: object; write(): ArrayBuffer } }
  }
  readonly anonymizer: { cleanTags(dict: object): void }
}

type OnePass = (files: readonly string[], output: string) => Promise<number>

const WARM_FILES = 768
const [target = '', input = '', output = ''] = process.argv.slice(2)
const files = await filesBelow(input)
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
const empty = () => emptyFiles(output)
if (files.length > WARM_FILES) await inBatches(files.slice(0, WARM_FILES), empty, (batch) => pass(batch, output))
const { done, seconds } = await inBatches(files, empty, (batch) => pass(batch, output))
console.log(JSON.stringify({ done, seconds, peakMb: memoryMb(process.pid).peak }))

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
