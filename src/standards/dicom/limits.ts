/** What hostile or broken input is held to: one table, printed as docs/limits.md. */
import { KIB, MIB, type Limit } from '../../base/index.ts'

export const LIMITS = {
  associatePduBytes: {
    value: MIB,
    unit: 'bytes',
    of: 'an A-ASSOCIATE-RQ, -AC or -RJ PDU',
    why: '128 contexts of 38 transfer syntaxes take 200 KiB',
  },
  controlPduBytes: { value: 64, unit: 'bytes', of: 'an A-RELEASE or A-ABORT PDU', why: 'the standard gives them 4' },
  dataPduBytes: {
    value: 16 * MIB,
    unit: 'bytes',
    of: 'a P-DATA-TF PDU',
    why: 'peers announce at most a few MiB; pieces are streamed, never assembled',
  },
  commandSetBytes: {
    value: 64 * KIB,
    unit: 'bytes',
    of: 'a DIMSE command set',
    why: 'a real one is a few hundred bytes',
  },
  itemsPerPdu: {
    value: 10_000,
    unit: 'items',
    of: 'an association PDU',
    why: 'bounds the time a hostile proposal takes',
  },
  sequenceDepth: { value: 64, unit: 'levels', of: 'nested sequences', why: 'real objects reach about 10' },
  elements: {
    value: 1_000_000,
    unit: 'elements and items',
    of: 'one data set',
    why: 'bounds time and the plan of the gate',
  },
  keptValueBytes: {
    value: 16 * MIB,
    unit: 'bytes',
    of: 'a value that is read into memory',
    why: 'larger ones are copied as ranges',
  },
  inflateRatio: { value: 200, unit: ': 1', of: 'a deflated data set', why: 'images deflate at most about 20 : 1' },
  inflatedBytes: {
    value: 512 * MIB,
    unit: 'bytes',
    of: 'a deflated data set once inflated',
    why: 'it is held in memory while it is read',
  },
  examinedFrames: {
    value: 600,
    unit: 'frames',
    of: 'an instance whose pixels are examined',
    why: 'a cine loop of twenty seconds; each frame is looked at',
  },
  decodedFrameBytes: {
    value: 256 * MIB,
    unit: 'bytes',
    of: 'one frame that is examined, once decoded',
    why: 'a mammogram has 50 MiB; decoders hold several copies',
  },
  decodedPixelBytes: {
    value: 1024 * MIB,
    unit: 'bytes',
    of: 'all frames of an instance that is examined',
    why: 'they are written uncompressed when one of them is changed',
  },
  multipartParts: { value: 10_000, unit: 'parts', of: 'a STOW-RS request', why: 'a study of more is sent in several' },
  multipartHeaderBytes: {
    value: 16 * KIB,
    unit: 'bytes',
    of: 'the headers of one part',
    why: 'a real one has two lines',
  },
  uploadBytes: {
    value: 8 * 1024 * MIB,
    unit: 'bytes',
    of: 'one uploaded instance',
    why: 'the largest multi-frame objects are near 4 GiB',
  },
} as const satisfies Record<string, Limit>
