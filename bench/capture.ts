/** Objects a second from the bytes of a C-STORE to a synced spool, beside a file each: write, fsync, rename. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, open, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSpoolWriter } from '../src/clinical/spool/index.ts'
import { Figures, result, type Options, type Result, type Spread, type Target } from './measure.ts'

const WORKLOADS = [
  { workload: 'ct 0.5 MB', sizeBytes: 526_000, count: 160 },
  { workload: 'small 20 kB', sizeBytes: 20_000, count: 1600 },
] as const
/** associations that store at the same time */
const LANES = 8
/** as a data set arrives: PDVs of DCMTK's default length */
const PDV_BYTES = 16_372
const UNIT = 'objects/s'

export async function run(options: Options): Promise<readonly Result[]> {
  const figures = new Figures()
  const key = randomBytes(32)
  for (let round = 0; round < options.rounds; round++) {
    for (const { workload, sizeBytes, count } of WORKLOADS) {
      const objects = options.quick ? count / 8 : count
      const bytes = randomBytes(sizeBytes)
      figures.add(workload, 'file', UNIT, await measured(objects, (folder) => files(folder, bytes)))
      figures.add(workload, 'spool', UNIT, await measured(objects, (folder) => spool(folder, bytes)))
      figures.add(workload, 'spool sealed', UNIT, await measured(objects, (folder) => spool(folder, bytes, key)))
    }
  }
  const ratios: Record<string, Spread> = {}
  const targets: Record<string, Target> = {}
  for (const { workload } of WORKLOADS) {
    for (const target of ['spool', 'spool sealed']) {
      const ratio = figures.ratio(workload, target, 'file', UNIT)
      if (!ratio) continue
      const name = `${workload}: ${target} over a file each`
      ratios[name] = ratio
      targets[name] = { reached: ratio.median >= 1, goal: 'at least 1', measured: ratio.median }
    }
  }
  const notes = [`${LANES} at a time, on the volume of the temporary folder; without the observer's decoding`]
  return [result('capture', options, { rows: figures.rows, ratios, targets, notes, versions: {} })]
}

interface Store {
  one(index: number): Promise<unknown>
  close(): Promise<void>
}

async function measured(count: number, openStore: (folder: string) => Promise<Store>): Promise<number> {
  const folder = await mkdtemp(join(process.env.SLUICE_BENCH_FOLDER ?? tmpdir(), 'sluice-capture-'))
  try {
    const store = await openStore(folder)
    const startedAt = performance.now()
    let next = 0
    await Promise.all(
      Array.from({ length: LANES }, async () => {
        while (next < count) await store.one(next++)
      }),
    )
    const seconds = (performance.now() - startedAt) / 1000
    await store.close()
    return count / seconds
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function files(folder: string, bytes: Uint8Array): Promise<Store> {
  return Promise.resolve({
    one: async (index) => {
      const path = join(folder, `${index}.dcm`)
      const file = await open(`${path}.tmp`, 'wx')
      await file.writeFile(bytes)
      await file.sync()
      await file.close()
      await rename(`${path}.tmp`, path)
    },
    close: async () => {},
  })
}

async function spool(folder: string, bytes: Uint8Array, key?: Uint8Array): Promise<Store> {
  const writer = await openSpoolWriter({ folder, ...(key ? { key } : {}), minFreeFraction: 0 })
  return {
    one: async (index) => {
      const capture = writer.begin({
        ...{ associationId: 'bench', link: 'bench', callingAETitle: 'CT', calledAETitle: 'PACS', remoteAddress: '' },
        ...{ transferSyntaxUID: '1.2.840.10008.1.2.1', SOPClassUID: '1.2.840.10008.5.1.4.1.1.2' },
        ...{ SOPInstanceUID: `2.25.${index}`, at: Date.now() },
      })
      if (!capture) throw new Error('the spool had no room')
      for (let at = 0; at < bytes.length; at += PDV_BYTES) capture.write(bytes.subarray(at, at + PDV_BYTES))
      await capture.commit(0)
    },
    close: () => writer.close(),
  }
}
