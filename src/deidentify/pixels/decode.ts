/** The frames of an instance as samples, whatever they are encoded in: the values that are stored, nothing applied. */
import { Worker } from 'node:worker_threads'
import { Fault } from '../../base/index.ts'
import {
  announcedSize,
  decodeRLE,
  describePixels,
  frameBytes,
  frameRanges,
  type DataSet,
  type PixelDescription,
} from '../../standards/dicom/index.ts'
import type { Order } from './codec-thread.ts'
import { familyOf, type Decoded } from './codecs.ts'

/** Samples as they would stand in native Pixel Data of this description. */
export interface DecodedPixels {
  readonly description: PixelDescription
  readonly littleEndian: boolean
  readonly frames: readonly Uint8Array[]
}

const RLE = '1.2.840.10008.1.2.5'
const HANGS_MS = 30_000
const HEAP_MIB = 1024

/**
 * @returns every frame decoded, with a description that is true of the decoded samples (a JPEG of YCbCr is RGB then)
 * @throws Fault 'pixels-unreadable' when bytes and description do not agree; 'limit-exceeded'; as `describePixels`
 */
export async function decodePixels(instance: DataSet<'identified'>): Promise<DecodedPixels> {
  const described = describePixels(instance.attributes)
  const { transferSyntax, source, attributes } = instance
  let ranges: ReturnType<typeof frameRanges>
  try {
    ranges = frameRanges(attributes, source)
  } catch (error) {
    throw error instanceof Fault && error.code === 'malformed' ? unreadable('frames') : error
  }
  const encoded = ranges.map((parts) => Buffer.concat(parts.map(({ offset, length }) => source.read(offset, length))))
  if (!transferSyntax.encapsulated) {
    if (described.photometricInterpretation.endsWith('_422')) throw unreadable('native YBR_FULL_422')
    return { description: described, littleEndian: transferSyntax.littleEndian, frames: encoded.map(exact(described)) }
  }
  if (transferSyntax.uid === RLE) {
    const description = { ...described, planar: false }
    return { description, littleEndian: true, frames: encoded.map((frame) => decodeRLE(frame, described)) }
  }
  if (!familyOf(transferSyntax.uid)) throw unreadable('transfer syntax')
  const frames: Uint8Array[] = []
  let description = described
  for (const frame of encoded) {
    refuseOtherSize(frame, described)
    const decoded = await inThread({
      id: 0,
      transferSyntaxUID: transferSyntax.uid,
      frame,
      bytesPerSample: described.bitsAllocated / 8,
    })
    description = agreed(described, decoded)
    frames.push(exact(description)(decoded.samples))
  }
  return { description, littleEndian: true, frames }
}

/** before it is decoded: a few bytes can announce a picture that fills the memory */
function refuseOtherSize(frame: Uint8Array, { rows, columns, samplesPerPixel }: PixelDescription): void {
  const size = announcedSize(frame)
  if (size?.width !== columns || size.height !== rows || size.components !== samplesPerPixel)
    throw unreadable('size of the picture')
}

function agreed(described: PixelDescription, decoded: Decoded): PixelDescription {
  if (decoded.width !== described.columns || decoded.height !== described.rows) throw unreadable('size of the picture')
  if (decoded.components !== described.samplesPerPixel) throw unreadable('samples of the picture')
  if (decoded.bitsPerSample > described.bitsAllocated) throw unreadable('bits of the picture')
  const { photometricInterpretation } = described
  return {
    ...described,
    planar: decoded.planar,
    // what the compression did to the colours its decoder has undone
    photometricInterpretation: photometricInterpretation.startsWith('YBR') ? 'RGB' : photometricInterpretation,
  }
}

const exact =
  (description: PixelDescription) =>
  (samples: Uint8Array): Uint8Array => {
    if (samples.length < frameBytes(description)) throw unreadable('bytes of the picture')
    return samples.subarray(0, frameBytes(description))
  }

const unreadable = (what: string) => new Fault('pixels-unreadable', { what, path: '(7FE0,0010)' })

interface Waiting {
  resolve(decoded: Decoded): void
  reject(fault: Fault): void
}
let thread: { readonly worker: Worker; readonly waiting: Map<number, Waiting> } | undefined
let orders = 0

/** One thread for all; it goes when it hangs, and the next order gets a new one. */
function inThread(order: Order): Promise<Decoded> {
  const { worker, waiting } = (thread ??= newThread())
  const id = ++orders
  return new Promise<Decoded>((resolve, reject) => {
    const timer = setTimeout(() => void worker.terminate(), HANGS_MS)
    const settle =
      <T>(how: (value: T) => void) =>
      (value: T) => {
        clearTimeout(timer)
        waiting.delete(id)
        if (waiting.size === 0) worker.unref()
        how(value)
      }
    waiting.set(id, { resolve: settle(resolve), reject: settle(reject) })
    worker.ref()
    worker.postMessage({ ...order, id } satisfies Order)
  })
}

function newThread() {
  const worker = new Worker(new URL('./codec-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB },
    stdout: true,
    stderr: true,
  })
  const waiting = new Map<number, Waiting>()
  worker.on('message', ({ id, decoded }: { id: number; decoded?: Decoded }) => {
    if (decoded) waiting.get(id)?.resolve(decoded)
    else waiting.get(id)?.reject(unreadable('compressed frame'))
  })
  const gone = () => {
    if (thread?.worker === worker) thread = undefined
    for (const { reject } of [...waiting.values()]) reject(unreadable('decoder ended'))
  }
  worker.on('error', gone)
  worker.on('exit', gone)
  return { worker, waiting }
}
