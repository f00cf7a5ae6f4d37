/** Text planted on pictures: whether a reader still finds it in its box, and whether the rest is what it was. */
import { attribute, strings, type DataSet } from '../../src/standards/dicom/index.ts'
import { tesseract } from '../../src/deidentify/index.ts'
import { decodePixels } from '../../src/deidentify/pixels/decode.ts'
import { enlarged, samplesOf, views } from '../../src/deidentify/pixels/picture.ts'
import type { GreyPicture } from '../../src/deidentify/pixels/tiff.ts'
import type { Planted } from './leaks.ts'
import type { Pair } from './references.ts'

export interface PictureScore {
  readonly texts: number
  readonly readable: number
  /** files whose pixels outside of every box are not what they were */
  readonly changedRest: number
  /** outputs that say (0028,0301) NO while their text can be read */
  readonly falseClaims: number
  /** what became of each planted text: `file value` */
  readonly hidden: ReadonlyMap<string, boolean>
  /** files whose picture carries a planted name or number that the key does not list there: blanking it is no change */
  readonly unlisted: ReadonlySet<string>
  /** of each file with a part that must stay */
  readonly rest: ReadonlyMap<string, boolean>
}

interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const ENLARGED = 2
const SHORTEST_WORD = 4
const reader = tesseract()

/** A text counts when a reader finds it in the input: what it cannot read there proves nothing by its absence. */
export async function hiddenTexts(key: readonly Planted[], pairs: readonly Pair[]): Promise<PictureScore> {
  const hidden = new Map<string, boolean>()
  const rest = new Map<string, boolean>()
  const unlisted = new Set<string>()
  let [texts, readable, changedRest, falseClaims] = [0, 0, 0, 0]
  for (const { file, before, after } of pairs) {
    const planted = key.filter((one) => one.file === file)
    const burnedIn = planted.filter(({ kind }) => kind === 'BURNED_IN')
    if (before && after && burnedIn.length === 0 && hasChanged(before, after)) {
      const words = await wordsIn(before, [])
      // whose name stands on a picture the key of another file may say
      if (key.some(({ kind, value }) => NAMING.test(kind) && stands(value, words))) unlisted.add(file)
    }
    if (!before || burnedIn.length === 0) continue
    const [was, is] = [await wordsIn(before, burnedIn), after ? await wordsIn(after, burnedIn) : undefined]
    let found = 0
    for (const one of burnedIn) {
      if (!stands(one.value, was)) continue
      texts++
      const isReadable = is !== undefined && stands(one.value, is)
      if (isReadable) found++
      hidden.set(`${file} ${one.value}`, is !== undefined && !isReadable)
    }
    readable += found
    const kept = planted.filter(({ kind }) => kind === 'KEEP_PIXELS')
    if (after && kept.length > 0) {
      const isSame = (await Promise.all(kept.map((one) => sameInside(before, after, boxOf(one))))).every(Boolean)
      rest.set(file, isSame)
      if (!isSame) changedRest++
    }
    if (found > 0 && after && strings(after.attributes, 'BurnedInAnnotation')[0] === 'NO') falseClaims++
  }
  return { texts, readable, changedRest, falseClaims, hidden, rest, unlisted }
}

const NAMING = /^(PN|MRN)/
const hasChanged = (before: DataSet<'identified'>, after: DataSet<'identified'>) =>
  attribute(before.attributes, 'PixelData') !== undefined && !samePixels(before, after)

/** a line that is hidden in part is not hidden: one word of it is enough */
const stands = (value: string, words: string): boolean =>
  value.split(/[\s.^]+/).some((word) => word.length >= SHORTEST_WORD && words.includes(word.toUpperCase()))

/** the key says `{"box":[x, y, right, bottom]}` in hexadecimal */
function boxOf({ hex }: Planted): Box {
  const { box } = JSON.parse(Buffer.from(hex, 'hex').toString()) as { box: [number, number, number, number] }
  const [x, y, right, bottom] = box
  return { x, y, width: right - x, height: bottom - y }
}

/** in the boxes of what was planted, or without any on the whole picture */
async function wordsIn(instance: DataSet<'identified'>, planted: readonly Planted[]): Promise<string> {
  const pixels = await decodePixels(instance)
  const pages = views(pixels, 0, instance.attributes).flatMap((view) =>
    planted.length === 0
      ? [view, enlarged(view, ENLARGED)]
      : planted.map((one) => enlarged(cut(view, boxOf(one)), ENLARGED)),
  )
  return (await reader.read(pages))
    .flat()
    .map(({ text }) => text)
    .join(' ')
    .toUpperCase()
}

function cut({ width, height, grey }: GreyPicture, box: Box): GreyPicture {
  const wide = Math.min(box.width, width - box.x)
  const high = Math.min(box.height, height - box.y)
  const out = new Uint8Array(wide * high)
  for (let y = 0; y < high; y++)
    out.set(grey.subarray((box.y + y) * width + box.x, (box.y + y) * width + box.x + wide), y * wide)
  return { width: wide, height: high, grey: out }
}

async function sameInside(before: DataSet<'identified'>, after: DataSet<'identified'>, box: Box): Promise<boolean> {
  const [was, is] = [await decodePixels(before), await decodePixels(after)]
  const [a, b] = [samplesOf(was, 0), samplesOf(is, 0)]
  const { columns, rows } = was.description
  for (let y = box.y; y < Math.min(rows, box.y + box.height); y++)
    for (let x = box.x; x < Math.min(columns, box.x + box.width); x++)
      if (a[y * columns + x] !== b[y * columns + x]) return false
  return true
}

export function samePixels(before: DataSet<'identified'>, after: DataSet<'identified'>): boolean {
  const [was, is] = [before, after].map(({ attributes, source }) => {
    const pixels = attribute(attributes, 'PixelData')
    if (!pixels) return undefined
    const ranges = pixels.fragments?.slice(1) ?? [{ offset: pixels.valueOffset, length: pixels.length }]
    return Buffer.concat(ranges.map(({ offset, length }) => source.read(offset, length)))
  })
  return was !== undefined && is !== undefined && was.equals(is)
}
