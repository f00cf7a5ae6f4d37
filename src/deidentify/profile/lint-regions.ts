/** What is wrong with the regions of a site: found when they are loaded. */
import type { ProfileMistake } from './mistake.ts'
import type { RegionRule } from './region-rule.ts'
import type { ProfileSource } from './source.ts'

const SIGNATURE = ['modality', 'manufacturer', 'model', 'imageType', 'rows', 'columns'] as const
const PATTERNS = ['manufacturer', 'model', 'imageType'] as const

export function* lintRegions({ regions = [], options = [] }: ProfileSource): Generator<ProfileMistake> {
  if (regions.length > 0 && !options.includes('clean-pixel-data'))
    yield { path: ['regions'], message: 'regions are blanked under clean-pixel-data only' }
  for (const [at, rule] of regions.entries()) yield* lintRegion(rule, at, regions)
}

function* lintRegion(rule: RegionRule, at: number, regions: readonly RegionRule[]): Generator<ProfileMistake> {
  const here = (key: string, message: string, ...deeper: (string | number)[]): ProfileMistake => ({
    path: ['regions', at, key, ...deeper],
    message,
  })
  if (SIGNATURE.every((key) => rule[key] === undefined))
    yield here(
      'name',
      `a region needs one of ${SIGNATURE.join(', ')}: without them it would be blanked on every picture`,
    )
  if (regions.findIndex(({ name }) => name === rule.name) < at) yield here('name', `${rule.name} is there twice`)
  for (const key of PATTERNS) {
    const pattern = rule[key]
    if (pattern !== undefined && !isPattern(pattern)) yield here(key, `${pattern} is not a regular expression`)
  }
  if (typeof rule.blank === 'string') return
  if (rule.blank.length === 0) yield here('blank', 'a region has rectangles, or outside-ultrasound-regions')
  for (const [index, { x, y, width, height }] of rule.blank.entries()) {
    const { rows = Infinity, columns = Infinity } = rule
    if (x + width > columns || y + height > rows) yield here('blank', 'the rectangle is larger than the picture', index)
  }
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'iu')
    return true
  } catch {
    return false
  }
}
