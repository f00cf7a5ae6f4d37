/** An examination to an archive, passed on by the relay and forwarded by Orthanc. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, freePort } from '../test/peers.ts'
import { begin } from './hops.ts'
import { timed, type Figures, type Options } from './measure.ts'
import { ownDisk } from './own-disk.ts'
import { DISK_GIGABYTES, SHORT_ROUNDS, stand, storescp, writeObjects } from './relay-peers.ts'

/** slices of one */
const EXAMINATION = 200
export const FORWARDED = `storescu, ${EXAMINATION} CT slices`

/**
 * An examination to an archive, through the relay with its tap and through Orthanc, in turn, once uncounted. While memory is held
 * Orthanc's start is long enough for what was freed before to go back to the host, and whoever writes next pays for it.
 * @returns notes on what does not count
 */
export async function measureForwarding(
  figures: Figures,
  folder: string,
  { rounds, quick }: Options,
): Promise<string[]> {
  const notes: string[] = []
  const add = (target: string, round: number, value: number | string) => {
    if (typeof value === 'string') notes.push(`${FORWARDED}, ${target}: ${value}`)
    else if (round > 0) figures.add(FORWARDED, target, 'objects/s', value, round)
  }
  const disk = ownDisk(folder, DISK_GIGABYTES)
  const here = disk?.folder ?? folder
  const study = join(here, 'study')
  writeObjects(study, EXAMINATION, [512, 512])
  try {
    const ours = await stand('sluice and tap', 'loopback', here)
    try {
      for (let round = 0; round <= (quick ? 1 : Math.max(SHORT_ROUNDS, rounds)); round++) {
        const stored = await ours.store(study)
        add('sluice and tap', round, typeof stored === 'string' ? stored : stored.objectsPerSecond)
        const seconds = await forwardSeconds(study, here)
        add('orthanc forwarding', round, typeof seconds === 'number' ? EXAMINATION / seconds : seconds)
      }
    } finally {
      await ours.stop()
    }
  } finally {
    disk?.close()
  }
  return notes
}

const FORWARD =
  "function OnStoredInstance(id, tags, metadata, origin)\n  if origin['RequestOrigin'] ~= 'Lua' then SendToModality(id, 'pacs') end\nend\n"

/**
 * Seconds until every object is at an archive behind Orthanc that forwards each by Lua. It is started anew: it forwards nothing
 * that it has, and after another study it takes longer.
 */
async function forwardSeconds(objects: string, folder: string): Promise<number | string> {
  const stops: (() => unknown)[] = []
  const received = join(folder, 'forwarded')
  const storage = join(folder, 'orthanc')
  for (const one of [received, storage]) {
    rmSync(one, { recursive: true, force: true })
    mkdirSync(one)
  }
  try {
    const [scp, dicom, http] = [await freePort(), await freePort(), await freePort()]
    begin(stops, storescp(scp, received))
    writeFileSync(join(folder, 'forward.lua'), FORWARD)
    const configuration = {
      ...{ Name: 'bench', StorageDirectory: storage, IndexDirectory: storage, HttpPort: http, DicomPort: dicom },
      ...{
        RemoteAccessAllowed: false,
        AuthenticationEnabled: false,
        DicomCheckCalledAet: false,
        SyncStorageArea: false,
      },
      ...{ LuaScripts: [join(folder, 'forward.lua')], DicomModalities: { pacs: ['PACS', '127.0.0.1', scp] } },
    }
    writeFileSync(join(folder, 'forward.json'), JSON.stringify(configuration))
    begin(stops, ['Orthanc', join(folder, 'forward.json')])
    const echo = ['-aec', 'ORTHANC', '127.0.0.1', String(dicom)]
    await eventually('Orthanc answers', async () => (await timed('echoscu', echo)).status === 0, 30_000)
    const from = performance.now()
    const to = ['-aec', 'ORTHANC', '-pdu', '131072', '+sd', '127.0.0.1', String(dicom), objects]
    const { status } = await timed('storescu', to)
    if (status !== 0) return 'not counted, Orthanc did not take everything'
    const count = readdirSync(objects).length
    await eventually('everything is forwarded', () => readdirSync(received).length >= count, 120_000)
    return (performance.now() - from) / 1000
  } catch (error) {
    return `not counted: ${error instanceof Error ? error.message : 'failed'}`
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}
