/** Captures as the observer makes them, for tests of the spool. */
import { openSpoolWriter, type Captured, type SpoolStart } from '../src/clinical/spool/index.ts'
import { readFileMeta } from '../src/standards/dicom/index.ts'

export const start = (n: number): SpoolStart => ({
  ...{ associationId: 'a', link: 'link', callingAETitle: 'CT01', calledAETitle: 'PACS', remoteAddress: '127.0.0.1' },
  ...{
    transferSyntaxUID: '1.2.840.10008.1.2.1',
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    SOPInstanceUID: `2.25.${n}`,
    at: 1,
  },
})
/** the data set, without what the spool puts before it */
export const bytesOf = (captured: Captured): Buffer => {
  const whole = Buffer.from(captured.source.read(0, captured.source.sizeBytes))
  return whole.subarray(readFileMeta(captured.source).dataSetOffset)
}
/** one capture that is committed, in a spool that is still open */
export const capture = async (folder: string, bytes: Uint8Array, options: { key?: Uint8Array } = {}) => {
  const writer = await openSpoolWriter({ folder, ...options })
  const one = writer.begin(start(1))
  one?.write(bytes)
  await one?.commit(0)
  return writer
}
