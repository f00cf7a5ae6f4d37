/**
 * The demo's CTs: they send their examinations to the link as scanners do, one association a study, and echo in
 * between. After the first dozen they begin again: the archive then has nothing new, and the disk does not fill.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { requestAssociation } from '../../association/index.ts'
import { log } from '../../base/index.ts'
import { toUID } from '../../standards/dicom/index.ts'
import { CT_IMAGE_STORAGE, ctImage, EXPLICIT_LITTLE_ENDIAN } from './ct-image.ts'
import { examination, type Examination } from './patients.ts'
import { SLICES } from './phantom.ts'

const STUDIES = 12
const FIRST_STUDIES = 6
const VERIFICATION = '1.2.840.10008.1.1'

/**
 * @param port of the link, on loopback
 * @param everyMs between studies once the first six are sent; those follow each other at once
 */
export function startDemoDevices({ port, everyMs = 30_000 }: { readonly port: number; readonly everyMs?: number }): {
  stop(): Promise<void>
} {
  const stopping = new AbortController()
  const run = async () => {
    for (let number = 0; !stopping.signal.aborted; number++) {
      await sendStudy(port, examination(number % STUDIES), stopping.signal).catch((error: unknown) =>
        log.warn('a demo device could not send', { number }, error),
      )
      await pause(number < FIRST_STUDIES ? 500 : everyMs, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }
  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

/** @throws Fault when the link or the archive behind it does not take the association */
export async function sendStudy(port: number, study: Examination, signal?: AbortSignal): Promise<void> {
  const association = await requestAssociation({
    host: '127.0.0.1',
    port,
    callingAETitle: study.device,
    calledAETitle: 'DEMOPACS',
    contexts: [
      { abstractSyntaxUID: toUID(CT_IMAGE_STORAGE), transferSyntaxUIDs: [toUID(EXPLICIT_LITTLE_ENDIAN)] },
      { abstractSyntaxUID: toUID(VERIFICATION), transferSyntaxUIDs: [toUID('1.2.840.10008.1.2')] },
    ],
    timeoutMs: 10_000,
  })
  await association.echo()
  for (let index = 0; index < SLICES && !signal?.aborted; index++) {
    await association.store({
      SOPClassUID: toUID(CT_IMAGE_STORAGE),
      SOPInstanceUID: toUID(study.uid(`instance ${index}`)),
      transferSyntaxUID: toUID(EXPLICIT_LITTLE_ENDIAN),
      dataSet: [ctImage(study, index)],
    })
  }
  await association.release()
}
