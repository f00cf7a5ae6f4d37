/** Where a value stands: `PID.5.1`, `OBX[2].5`, `PID.3[2].4.1`, `OBX[*].3`; `PID-5.1` is the same as `PID.5.1`. */
import { Recent } from '../../base/index.ts'

export interface Path {
  readonly segment: string
  /** which of the segments of that name, from 1; 'all' for `[*]` */
  readonly occurrence: number | 'all'
  readonly field?: number
  /** from 1; 'all' for `[*]` */
  readonly repetition: number | 'all'
  readonly component?: number
  readonly subcomponent?: number
}

const FORM =
  /^([A-Z][A-Z0-9]{0,2})(?:\[(\d{1,6}|\*)\])?(?:[.-](\d{1,3})(?:\[(\d{1,6}|\*)\])?(?:\.(\d{1,3})(?:\.(\d{1,3}))?)?)?$/

/** @returns undefined when the text is no path; numbers count from 1 */
export function parsePath(text: string): Path | undefined {
  const path = read.of(text, () => newPath(text) ?? 'no path')
  return path === 'no path' ? undefined : path
}

/** rules and tables ask for the same places of every message */
const read = new Recent<Path | 'no path'>(500)

function newPath(text: string): Path | undefined {
  const [, segment, occurrence, field, repetition, component, subcomponent] = FORM.exec(text) ?? []
  if (segment === undefined) return undefined
  const numbers = [occurrence, field, repetition, component, subcomponent]
  if (numbers.some((one) => one !== undefined && Number(one) === 0)) return undefined
  return {
    segment,
    occurrence: which(occurrence),
    repetition: which(repetition),
    ...(field ? { field: Number(field) } : {}),
    ...(component ? { component: Number(component) } : {}),
    ...(subcomponent ? { subcomponent: Number(subcomponent) } : {}),
  }
}

const which = (text: string | undefined): number | 'all' => (text === '*' ? 'all' : Number(text ?? 1))

/** a path that may lead to several places */
export const isMany = ({ occurrence, repetition }: Path): boolean => occurrence === 'all' || repetition === 'all'
