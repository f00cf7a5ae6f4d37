/** The images of a series as Cornerstone asks for them: an id a frame, its attributes, its bytes. */
import { ask, ServerFailure } from '../kit/server.ts'
import { describe, number, type DicomJson } from './loader.ts'

/** Pixel Data, Float Pixel Data, Double Float Pixel Data (PS3.3 §C.7.6.3, §C.7.6.24, §C.7.6.25) */
const PIXELS = ['7FE00010', '7FE00008', '7FE00009']
const isImage = (instance: DicomJson) => number(instance, '00280010') > 0 && PIXELS.some((key) => instance[key])

/** The bytes of a frame came and make no picture, or the server has none to give. */
export class Undecodable extends Error {}

/**
 * The images of a series in the order of Instance Number; what is no image is left out.
 * @returns `first` is undefined where there is none
 * @throws ServerFailure
 */
export async function imagesOf(
  study: string,
  series: string,
): Promise<{ readonly imageIds: string[]; readonly first: DicomJson | undefined }> {
  const at = addressOf(study, series)
  const images = (await jsonOf(`${at}/metadata`)).filter(isImage)
  images.sort((a, b) => number(a, '00200013') - number(b, '00200013'))
  return { imageIds: images.flatMap((instance) => idsOf(at, instance)), first: images[0] }
}

/** @returns the image in the middle of a series of `count` instances @throws ServerFailure */
export async function middleImageOf(study: string, series: string, count: number): Promise<string | undefined> {
  const at = addressOf(study, series)
  const [middle] = await jsonOf(`${at}/instances?limit=1&offset=${Math.floor(count / 2)}`)
  const uid = String(middle?.['00080018']?.Value?.[0] ?? '')
  const [instance] = uid ? await jsonOf(`${at}/instances/${uid}/metadata`) : []
  const imageIds = instance && isImage(instance) ? idsOf(at, instance) : []
  return imageIds[Math.floor(imageIds.length / 2)]
}

/** @param error what the loader gave up with */
export function failureOf(error: unknown): Error {
  if (!(error instanceof XMLHttpRequest)) return new Undecodable()
  // what came and is not to be used, or is not in the object, is the object's own fault
  return [200, 400, 404].includes(error.status) ? new Undecodable() : new ServerFailure(error.status, '', '')
}

const addressOf = (study: string, series: string) => `${location.origin}/dicom-web/studies/${study}/series/${series}`

/** @throws ServerFailure, or nothing found as an empty list */
async function jsonOf(address: string): Promise<DicomJson[]> {
  return (await ask<DicomJson[] | undefined>(address)) ?? []
}

function idsOf(at: string, instance: DicomJson): string[] {
  return Array.from({ length: Math.max(1, number(instance, '00280008')) }, (_, frame) => {
    const imageId = `wadors:${at}/instances/${String(instance['00080018']?.Value?.[0])}/frames/${frame + 1}`
    describe(imageId, instance)
    return imageId
  })
}
