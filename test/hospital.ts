/** A hospital for a journey: an archive, a laboratory behind a link of its own, Sluice between them, one person in both. */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { examination } from '../src/app/demo/images.ts'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN } from '../src/app/demo/images.ts'
import { writeFileMeta } from '../src/standards/dicom/index.ts'
import { startLaboratory, type Laboratory } from './laboratory.ts'
import { freePort, run } from './peers.ts'
import { startSluice, type Running } from './sluice.ts'

export interface Hospital {
  readonly sluice: Running
  readonly lis: Laboratory
  readonly mllpPort: number
}

/**
 * @param types messages that the project asks for, by `hl7.messageType`
 * @param issuers of numbers that are the hospital's own
 */
export async function startHospital(
  t: TestContext,
  { types, issuers, ...more }: { readonly types: string; readonly issuers: string; readonly upstreamPort?: number },
): Promise<Hospital> {
  spawnSync(process.execPath, ['tools/build-web-if-stale.ts'], { stdio: 'inherit' })
  const lis = await startLaboratory(t, 'mllp')
  const mllpPort = await freePort()
  const sluice = await startSluice(t, {
    ...more,
    more: `hospital: { issuers: [${issuers}] }\n`,
    prepare: (home) => {
      const file = join(home, 'sluice.yaml')
      const link = `  - { name: lab, protocol: mllp, listen: 127.0.0.1:${mllpPort}, upstream: 127.0.0.1:${lis.port} }`
      const rule = `  - { name: results, project: head-ct, when: '${types}' }`
      const text = readFileSync(file, 'utf8')
        .replace('projects:', `${link}\nprojects:`)
        .replace('rules:', `rules:\n${rule}`)
        .replace('profile: basic', 'profile: basic, dates: shifted, patientCharacteristics: true')
      writeFileSync(file, text)
      return Promise.resolve()
    },
  })
  return { sluice, lis, mllpPort }
}

/** An image of the person through the first link. @param folder where its file may stand */
export async function sendImage(
  { sluice }: Hospital,
  person: ReturnType<typeof examination>,
  folder: string,
): Promise<{ readonly status: number | null; readonly stderr: string }> {
  const file = join(folder, 'one.dcm')
  const meta = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    mediaStorageSOPClassUID: CT_IMAGE_STORAGE,
    mediaStorageSOPInstanceUID: person.uid('instance 8'),
  })
  writeFileSync(file, Buffer.concat([meta, ctImage(person, 8)]))
  return run('storescu', ['-aec', 'PACS', '127.0.0.1', String(sluice.ready.links[0]?.port), file])
}
