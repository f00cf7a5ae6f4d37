/** Which parts of a picture are text by the device that made it, known before anybody looks. */
import { items, numbers, strings, text, type Attributes, type PixelDescription } from '../../standards/dicom/index.ts'
import type { RegionRule } from '../profile/region-rule.ts'
import type { Box } from '../stages.ts'

/** what holds for devices in general; a site adds its own */
export const REGION_RULES: readonly RegionRule[] = [
  { name: 'ultrasound banner', modality: 'US', blank: 'outside-ultrasound-regions' },
  { name: 'intravascular ultrasound banner', modality: 'IVUS', blank: 'outside-ultrasound-regions' },
]

/** @returns the boxes of every rule that fits, and the names of those rules */
export function knownRegions(
  attributes: Attributes,
  description: PixelDescription,
  rules: readonly RegionRule[],
): { readonly boxes: readonly Box[]; readonly names: readonly string[] } {
  const fitting = rules.filter((rule) => fits(rule, attributes))
  const found = fitting.map(({ name, blank }) => ({
    name,
    boxes: blank === 'outside-ultrasound-regions' ? outsideUltrasoundRegions(attributes, description) : blank,
  }))
  return {
    boxes: found.flatMap(({ boxes }) => boxes),
    names: found.filter(({ boxes }) => boxes.length > 0).map(({ name }) => name),
  }
}

/** Whether a rule speaks of the device that made this, and of pictures of this size. */
export function fits(rule: RegionRule, attributes: Attributes): boolean {
  const matches = (pattern: string | undefined, value: string | undefined) =>
    pattern === undefined || new RegExp(pattern, 'iu').test(value ?? '')
  return (
    (rule.modality === undefined || rule.modality === text(attributes, 'Modality')) &&
    matches(rule.manufacturer, text(attributes, 'Manufacturer')) &&
    matches(rule.model, text(attributes, 'ManufacturerModelName')) &&
    matches(rule.imageType, strings(attributes, 'ImageType').join('\\')) &&
    (rule.rows === undefined || rule.rows === numbers(attributes, 'Rows')[0]) &&
    (rule.columns === undefined || rule.columns === numbers(attributes, 'Columns')[0])
  )
}

/**
 * What lies in none of the regions that the device declares as image, trace or scale (PS3.3 §C.8.5.5): its banner.
 * @returns nothing when it declares none, or regions that no picture has
 */
function outsideUltrasoundRegions(attributes: Attributes, { rows, columns }: PixelDescription): readonly Box[] {
  const regions = items(attributes, 'SequenceOfUltrasoundRegions').map((region) => {
    const [x0, y0, x1, y1] = ['MinX0', 'MinY0', 'MaxX1', 'MaxY1'].map(
      (edge) => numbers(region, `RegionLocation${edge}`)[0] ?? -1,
    ) as [number, number, number, number]
    return { x0, y0, x1, y1 }
  })
  const plausible = regions.every(
    ({ x0, y0, x1, y1 }) => x0 >= 0 && y0 >= 0 && x1 > x0 && y1 > y0 && x0 < columns && y0 < rows,
  )
  if (regions.length === 0 || !plausible) return []
  const edges = [...new Set([0, rows, ...regions.flatMap(({ y0, y1 }) => [y0, y1 + 1])])]
    .filter((edge) => edge <= rows)
    .sort((a, b) => a - b)
  return edges.slice(1).flatMap((bottom, at) => {
    const top = edges[at] as number
    const inBand = regions.filter(({ y0, y1 }) => y0 < bottom && y1 >= top).sort((a, b) => a.x0 - b.x0)
    const gaps: Box[] = []
    let reached = 0
    for (const { x0, x1 } of [...inBand, { x0: columns, x1: columns }]) {
      if (x0 > reached) gaps.push({ x: reached, y: top, width: x0 - reached, height: bottom - top })
      reached = Math.max(reached, x1 + 1)
    }
    return gaps
  })
}
