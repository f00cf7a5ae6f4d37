/** Cornerstone's loader, started with what it does not see to itself: palettes, single bits, the VOI LUT function. */
import { Enums, metaData } from '@cornerstonejs/core'
import * as loader from '@cornerstonejs/dicom-image-loader'

export type DicomJson = Record<
  string,
  { vr?: string; Value?: unknown[]; InlineBinary?: string; BulkDataURI?: string } | undefined
>
export const number = (json: DicomJson, key: string): number => Number(json[key]?.Value?.[0] ?? 0)

const { metaDataManager } = loader.wadors
const { metaDataProvider } = loader.wadors.metaData
const FIRST = 20_000

export function initLoader(): void {
  loader.init({
    maxWebWorkers: 2,
    beforeSend: async (request, imageId) => {
      const attributes = metaDataManager.get(imageId) as DicomJson
      asked.set(request, attributes)
      await fetchPalette(attributes)
      // a frame alone, without the parts of a multipart answer around it
      return { Accept: 'application/octet-stream; transfer-syntax=*' }
    },
    beforeProcessing: (request) => {
      const attributes = asked.get(request) ?? {}
      // the loader would wait for ever for what it cannot colour
      if (isOfPalette(attributes) && !PALETTE.every((key) => attributes[key]?.Value?.length))
        return Promise.reject(new Error('no palette'))
      return Promise.resolve(
        number(attributes, '00280100') === 1 ? unpacked(request) : (request.response as ArrayBuffer),
      )
    },
  })
  metaData.addProvider(voiLUT, FIRST)
}

/** Hands the attributes of an image to the loader, once: what was fetched for them stays with them. */
export function describe(imageId: string, instance: DicomJson): void {
  if (metaDataManager.get(imageId)) return
  // the loader ends at an image that does not say what made it
  const hasModality = instance['00080060']?.Value?.length
  const attributes = hasModality ? instance : { ...instance, '00080060': { vr: 'CS', Value: ['OT'] } }
  metaDataManager.add(imageId, attributes as never)
}

/** The loader reads the function as the first of a list (0028,1056 has one value), and ends at what is none of PS3.3 §C.11.2. */
function voiLUT(type: string, imageId: string): object | undefined {
  if (type !== Enums.MetadataModules.VOI_LUT) return undefined
  const module = metaDataProvider(type, imageId) as { voiLUTFunction?: string } | undefined
  const named = module?.voiLUTFunction ?? ''
  const isKnown = (Object.values(Enums.VOILUTFunctionType) as string[]).includes(named)
  return module && { ...module, voiLUTFunction: isKnown ? [named] : undefined }
}

const asked = new WeakMap<XMLHttpRequest, DicomJson>()
const RLE = '1.2.840.10008.1.2.5'

/** Single bits, the first of a byte its lowest (PS3.5 §8.1.1), as the bytes the decoder takes them for; of RLE it unpacks them. */
function unpacked(request: XMLHttpRequest): ArrayBuffer {
  const bytes = new Uint8Array(request.response as ArrayBuffer)
  if (request.getResponseHeader('content-type')?.endsWith(RLE)) return bytes.buffer
  return Uint8Array.from({ length: bytes.length * 8 }, (_, at) => ((bytes[at >> 3] ?? 0) >> (at & 7)) & 1).buffer
}

const isOfPalette = (attributes: DicomJson) => attributes['00280004']?.Value?.[0] === 'PALETTE COLOR'
const PALETTE = ['00281201', '00281202', '00281203'] as const

/** Palettes are bulk data in the metadata, and the loader wants their numbers (PS3.3 §C.7.6.3.1.6). */
async function fetchPalette(attributes: DicomJson): Promise<void> {
  if (!isOfPalette(attributes)) return
  const [entries, , bits] = (attributes['00281101']?.Value ?? []) as number[]
  await Promise.all(
    PALETTE.map(async (key) => {
      const element = attributes[key]
      if (!element || element.Value) return
      const bytes = await bytesOf(element)
      // eight bits may stand two in a word or one
      const isPacked = bits === 8 && bytes.length < 2 * (entries || 65_536)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      element.Value = isPacked
        ? [...bytes]
        : Array.from({ length: bytes.length >> 1 }, (_, at) => view.getUint16(2 * at, true))
    }),
  )
}

async function bytesOf({ InlineBinary, BulkDataURI }: NonNullable<DicomJson[string]>): Promise<Uint8Array> {
  if (InlineBinary) return Uint8Array.from(atob(InlineBinary), (letter) => letter.charCodeAt(0))
  const answer = BulkDataURI ? await fetch(BulkDataURI, { headers: { accept: 'application/octet-stream' } }) : undefined
  return answer?.ok ? new Uint8Array(await answer.arrayBuffer()) : new Uint8Array()
}
