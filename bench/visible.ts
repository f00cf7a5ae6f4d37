/**
 * From the archive's C-STORE response to the instance in QIDO-RS, with the whole of Sluice and its demo hospital
 * running: one slice after the other is sent through the relay, and looked for every few milliseconds.
 */
import type { TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { ctImage, CT_IMAGE_STORAGE, examination, EXPLICIT_LITTLE_ENDIAN } from '../src/app/demo/images.ts'
import { requestAssociation } from '../src/association/index.ts'
import { toUID } from '../src/standards/dicom/index.ts'
import { startSluice } from '../test/sluice.ts'
import { Figures, result, type Options, type Result } from './measure.ts'

const LOOK_EVERY_MS = 20
const SEND_EVERY_MS = 150
const GIVEN_UP_MS = 30_000
/** numbers that no slice of the demo has */
const FIRST = 5000

export async function run(options: Options): Promise<readonly Result[]> {
  const stops: (() => unknown)[] = []
  // what the tests' helper wants of a test is somewhere to leave its cleaning up
  const here = { after: (stop: () => unknown) => void stops.push(stop) } as unknown as TestContext
  try {
    return [await measured(options, here)]
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

async function measured(options: Options, here: TestContext): Promise<Result> {
  const figures = new Figures()
  const sluice = await startSluice(here, { demo: true })
  const { json } = await sluice.signIn()
  const link = sluice.ready.links[0]?.port ?? 0
  const all: number[] = []
  let lost = 0
  const each = options.quick ? 5 : 40
  for (let round = 0; round < options.rounds; round++) {
    const found = await sent(link, FIRST + round * each, each, (number) => seen(json, number))
    const times = found.filter((ms) => ms !== undefined)
    lost += found.length - times.length
    all.push(...times)
    for (const [name, at] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const)
      figures.add('under the load of the demo', 'sluice', `ms at ${name}`, quantile(times, at))
  }
  const p95 = quantile(all, 0.95)
  const targets = { 'seen in QIDO, p95 in ms': { goal: '<= 2000', measured: p95, reached: p95 <= 2000 && lost === 0 } }
  const notes = lost ? [`${lost} were not seen within ${GIVEN_UP_MS} ms`] : []
  return result('visible', options, { rows: figures.rows, ratios: {}, targets, notes, versions: {} })
}

const quantile = (values: readonly number[], at: number) =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))] ?? NaN

/** @returns for each slice the time it took to be seen */
async function sent(
  port: number,
  first: number,
  count: number,
  look: (instanceNumber: number) => Promise<number | undefined>,
): Promise<readonly (number | undefined)[]> {
  const study = examination(1)
  const association = await requestAssociation({
    ...{ host: '127.0.0.1', port, callingAETitle: 'BENCH', calledAETitle: 'DEMOPACS', timeoutMs: 10_000 },
    contexts: [{ abstractSyntaxUID: toUID(CT_IMAGE_STORAGE), transferSyntaxUIDs: [toUID(EXPLICIT_LITTLE_ENDIAN)] }],
  })
  const looking: Promise<number | undefined>[] = []
  for (let index = first; index < first + count; index++) {
    await association.store({
      SOPClassUID: toUID(CT_IMAGE_STORAGE),
      SOPInstanceUID: toUID(study.uid(`instance ${index}`)),
      transferSyntaxUID: toUID(EXPLICIT_LITTLE_ENDIAN),
      dataSet: [ctImage(study, index)],
    })
    looking.push(look(index + 1))
    await pause(SEND_EVERY_MS)
  }
  await association.release()
  return Promise.all(looking)
}

async function seen(json: <T>(path: string) => Promise<T>, number: number): Promise<number | undefined> {
  const startedAt = performance.now()
  while (performance.now() - startedAt < GIVEN_UP_MS) {
    const found = await json<unknown[]>(`/dicom-web/instances?InstanceNumber=${number}`).catch(() => [])
    if (found.length > 0) return performance.now() - startedAt
    await pause(LOOK_EVERY_MS)
  }
  return undefined
}
