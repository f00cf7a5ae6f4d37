/** Places in a message as people write them: `PID.5.1`, `OBX[2].5`, `PID.3[2].4.2`; counted from 1. */
import {
  componentAt,
  fieldAt,
  isEncodingCharacters,
  repetitionsOf,
  subcomponentAt,
  type Message,
  type Range,
  type Segment,
} from './message.ts'

export interface Path {
  readonly segment: string
  /** which of the segments of that name; undefined: the first */
  readonly occurrence?: number
  readonly field: number
  readonly repetition?: number
  readonly component?: number
  readonly subcomponent?: number
}

const FORM = /^([A-Z][A-Z0-9]{2})(?:\[(\d{1,6})\])?[.-](\d{1,4})(?:\[(\d{1,6})\])?(?:\.(\d{1,4})(?:\.(\d{1,4}))?)?$/

/** @returns undefined for what is no path */
export function parsePath(text: string): Path | undefined {
  const parts = FORM.exec(text)
  if (!parts) return undefined
  const [, segment = '', occurrence, field, repetition, component, subcomponent] = parts
  const numbers = { occurrence, repetition, component, subcomponent }
  const given = Object.entries(numbers).flatMap(([name, value]) => (value === undefined ? [] : [[name, Number(value)]]))
  if (given.some(([, value]) => value === 0) || Number(field) === 0) return undefined
  return { segment, field: Number(field), ...(Object.fromEntries(given) as Partial<Path>) }
}

/** @returns the range in the first repetition unless the path names another; undefined where there is none */
export function rangeAt(message: Message, path: Path): Range | undefined {
  const segment = segmentsNamed(message, path.segment)[(path.occurrence ?? 1) - 1]
  return segment && rangeIn(message, segment, path)
}

export function rangeIn(
  message: Message,
  segment: Segment,
  path: Omit<Path, 'segment' | 'occurrence'>,
): Range | undefined {
  const field = fieldAt(message, segment, path.field)
  if (!field || isEncodingCharacters(segment, path.field)) return field
  if (path.repetition === undefined && path.component === undefined) return field
  const repetition = repetitionsOf(message, field)[(path.repetition ?? 1) - 1]
  if (!repetition || path.component === undefined) return repetition
  const component = componentAt(message, repetition, path.component)
  if (!component || path.subcomponent === undefined) return component
  return subcomponentAt(message, component, path.subcomponent)
}

export const segmentsNamed = ({ segments }: Message, name: string): readonly Segment[] =>
  segments.filter((segment) => segment.name === name)

/** Every repetition of what the path names, in every segment of that name. */
export function rangesAt(message: Message, path: Path): readonly Range[] {
  const found = segmentsNamed(message, path.segment)
  const segments = path.occurrence === undefined ? found : found.slice(path.occurrence - 1, path.occurrence)
  return segments.flatMap((segment) => {
    const field = fieldAt(message, segment, path.field)
    if (!field) return []
    if (isEncodingCharacters(segment, path.field)) return [field]
    const all = repetitionsOf(message, field)
    const repetitions = path.repetition === undefined ? all : all.slice(path.repetition - 1, path.repetition)
    if (path.component === undefined) return repetitions
    return repetitions.flatMap((repetition) => {
      const component = componentAt(message, repetition, path.component ?? 1)
      if (!component || path.subcomponent === undefined) return component ? [component] : []
      const subcomponent = subcomponentAt(message, component, path.subcomponent)
      return subcomponent ? [subcomponent] : []
    })
  })
}
