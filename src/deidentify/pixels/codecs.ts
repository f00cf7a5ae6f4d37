/** Compressed frames become samples: each family of transfer syntaxes has its decoder. Runs in a thread of its own. */
import { createRequire } from 'node:module'

export interface Decoded {
  readonly samples: Uint8Array
  readonly width: number
  readonly height: number
  readonly components: number
  readonly bitsPerSample: number
  /** one plane a component */
  readonly planar: boolean
}

interface WasmDecoder {
  getEncodedBuffer(bytes: number): Uint8Array
  decode(): void
  getDecodedBuffer(): Uint8Array
  getFrameInfo(): {
    readonly width: number
    readonly height: number
    readonly componentCount: number
    readonly bitsPerSample: number
  }
  getInterleaveMode?(): number
  delete(): void
}
type Factory = (options: { print(): void; printErr(): void }) => Promise<Record<string, new () => WasmDecoder>>
type LosslessDecoder = new () => {
  decode(buffer: ArrayBufferLike, offset: number, length: number, bytesPerSample: number): Uint8Array
  readonly numComp: number
  readonly frame: { readonly dimX: number; readonly dimY: number; readonly precision: number }
}

const require = createRequire(import.meta.url)
const silent = { print: () => undefined, printErr: () => undefined }
const loaded = new Map<string, Promise<Record<string, new () => WasmDecoder>>>()

type Family = 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k'
const FAMILIES: Readonly<Record<string, Family>> = {
  '4.50': 'jpeg',
  '4.51': 'jpeg',
  '4.57': 'jpeg-lossless',
  '4.70': 'jpeg-lossless',
  '4.80': 'jpeg-ls',
  '4.81': 'jpeg-ls',
  '4.90': 'jpeg-2000',
  '4.91': 'jpeg-2000',
  '4.201': 'htj2k',
  '4.202': 'htj2k',
  '4.203': 'htj2k',
}
const WASM: Readonly<Record<Exclude<Family, 'jpeg-lossless'>, readonly [module: string, decoder: string]>> = {
  jpeg: ['@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs', 'JPEGDecoder'],
  'jpeg-ls': ['@cornerstonejs/codec-charls/decodewasmjs', 'JpegLSDecoder'],
  'jpeg-2000': ['@cornerstonejs/codec-openjpeg/decodewasmjs', 'J2KDecoder'],
  htj2k: ['@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KDecoder'],
}

/** @returns undefined for a transfer syntax that nobody here decodes */
export const familyOf = (transferSyntaxUID: string): Family | undefined =>
  FAMILIES[transferSyntaxUID.replace('1.2.840.10008.1.2.', '')]

/** @throws whatever the decoder throws */
export async function decodeFrame(family: Family, frame: Uint8Array, bytesPerSample: number): Promise<Decoded> {
  if (family === 'jpeg-lossless') return lossless(frame, bytesPerSample)
  const [module, name] = WASM[family]
  let codec = loaded.get(module)
  if (!codec) loaded.set(module, (codec = (require(module) as Factory)(silent)))
  const Decoder = (await codec)[name]
  if (!Decoder) throw new Error('no decoder')
  const decoder = new Decoder()
  try {
    decoder.getEncodedBuffer(frame.length).set(frame)
    decoder.decode()
    const { width, height, componentCount, bitsPerSample } = decoder.getFrameInfo()
    return {
      ...{ width, height, bitsPerSample, components: componentCount },
      planar: family === 'jpeg-ls' && componentCount > 1 && decoder.getInterleaveMode?.() === 0,
      samples: Uint8Array.from(decoder.getDecodedBuffer()),
    }
  } finally {
    decoder.delete()
  }
}

function lossless(frame: Uint8Array, bytesPerSample: number): Decoded {
  const { Decoder } = require('@cornerstonejs/jpeg-lossless-decoder-js') as { Decoder: LosslessDecoder }
  const decoder = new Decoder()
  const decoded = decoder.decode(frame.buffer, frame.byteOffset, frame.length, bytesPerSample)
  return {
    samples: new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength),
    width: decoder.frame.dimX,
    height: decoder.frame.dimY,
    bitsPerSample: decoder.frame.precision,
    components: decoder.numComp,
    planar: false,
  }
}
