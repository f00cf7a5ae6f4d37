/** Quarantine as an earlier gate left it, made before Sluice starts. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ctImage, CT_IMAGE_STORAGE, EXPLICIT_LITTLE_ENDIAN, type Examination } from '../src/app/demo/images.ts'
import { placesOf } from '../src/app/roles/places.ts'
import { openSpoolReader, openSpoolWriter } from '../src/clinical/spool/index.ts'

/** captures that an earlier gate refused: they are in quarantine before this one starts */
export async function refuseEarlier(home: string, of: readonly Examination[]): Promise<void> {
  const places = placesOf(home)
  const key = Buffer.alloc(32, 5)
  mkdirSync(join(home, 'clinical', 'keys'), { recursive: true })
  writeFileSync(places.spoolKey, key, { mode: 0o600 })
  const writer = await openSpoolWriter({ folder: places.spool, key })
  for (const [index, examined] of of.entries()) {
    const capture = writer.begin({
      ...{ associationId: 'a', link: 'ct-to-pacs', callingAETitle: 'CT', calledAETitle: 'PACS' },
      ...{ remoteAddress: '127.0.0.1', transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN, SOPClassUID: CT_IMAGE_STORAGE },
      ...{ SOPInstanceUID: examined.uid(`instance ${index}`), at: Date.now() },
    })
    capture?.write(ctImage(examined, index))
    await capture?.commit(0)
  }
  await writer.close()
  const reader = await openSpoolReader({ folder: places.spool, key })
  for (const captured of await reader.take(of.length))
    await captured.settle({ outcome: 'quarantined', code: 'not-deidentified', path: '(0008,0016)', project: 'head-ct' })
  await reader.close()
}
