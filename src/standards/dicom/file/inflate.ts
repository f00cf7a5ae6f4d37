/** Deflated Explicit VR Little Endian (PS3.5 §A.5), opened within bounds. */
import { inflateRawSync } from 'node:zlib'
import { Fault } from '../../../base/index.ts'
import { EXPLICIT_LITTLE_ENDIAN, type TransferSyntax } from '../dictionary/transfer-syntaxes.ts'
import { LIMITS } from '../limits.ts'
import { memorySource, type ByteSource } from '../source.ts'
import { writeFileMeta, type FileMeta } from './meta.ts'

/**
 * @returns the same file in Explicit VR Little Endian, in memory
 * @throws Fault 'limit-exceeded' past LIMITS.inflateRatio or .inflatedBytes, 'malformed' when the stream is not deflated
 */
export function inflated(
  file: ByteSource,
  meta: FileMeta,
): { source: ByteSource; syntax: TransferSyntax; dataSetOffset: number } {
  const deflatedBytes = file.sizeBytes - meta.dataSetOffset
  const bound = Math.min(LIMITS.inflatedBytes.value, Math.max(65_536, deflatedBytes * LIMITS.inflateRatio.value))
  if (deflatedBytes > LIMITS.inflatedBytes.value) throw new Fault('limit-exceeded', { what: 'deflated' })
  const head = writeFileMeta({
    transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid,
    mediaStorageSOPClassUID: meta.mediaStorageSOPClassUID ?? '',
    mediaStorageSOPInstanceUID: meta.mediaStorageSOPInstanceUID ?? '',
  })
  try {
    const body = inflateRawSync(file.read(meta.dataSetOffset, deflatedBytes), { maxOutputLength: bound })
    return {
      source: memorySource(Buffer.concat([head, body])),
      syntax: EXPLICIT_LITTLE_ENDIAN,
      dataSetOffset: head.length,
    }
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new Fault(tooLarge ? 'limit-exceeded' : 'malformed', { what: 'deflated', offset: meta.dataSetOffset }, error)
  }
}
