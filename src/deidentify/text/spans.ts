/** A place in a text that identifies somebody, and of what kind it is. */

export type Kind = 'name' | 'date' | 'snils' | 'policy' | 'passport' | 'phone' | 'mail' | 'address' | 'number' | 'place'

export interface Span {
  readonly start: number
  readonly end: number
  readonly kind: Kind
  /** in place of the kind's word */
  readonly replacement?: string
}

/** what is written where something was */
export const PLACEHOLDER: Readonly<Record<Kind, string>> = {
  name: '[ИМЯ]',
  date: '[ДАТА]',
  snils: '[СНИЛС]',
  policy: '[ПОЛИС]',
  passport: '[ПАСПОРТ]',
  phone: '[ТЕЛЕФОН]',
  mail: '[ПОЧТА]',
  address: '[АДРЕС]',
  number: '[НОМЕР]',
  place: '[УЧРЕЖДЕНИЕ]',
}

/**
 * @param spans in order of precedence: where two overlap, the first gives the kind and both are taken out
 * @returns without overlaps, in order of place; names that touch are one
 */
export function settled(spans: readonly Span[], text: string): readonly Span[] {
  const taken: Span[] = []
  for (const span of spans) {
    const at = taken.findIndex((other) => span.start < other.end && other.start < span.end)
    const other = taken[at]
    if (!other) taken.push(span)
    else if (span.start < other.start || span.end > other.end)
      taken[at] = { ...other, start: Math.min(span.start, other.start), end: Math.max(span.end, other.end) }
  }
  taken.sort((a, b) => a.start - b.start)
  const joined: Span[] = []
  for (const span of taken) {
    const last = joined[joined.length - 1]
    const isOverlap = last !== undefined && span.start < last.end
    const between = last ? text.slice(last.end, span.start) : ''
    if (last && (isOverlap || (last.kind === 'name' && span.kind === 'name' && /^[ \t^-]{0,2}$|^, $/.test(between))))
      joined[joined.length - 1] = { ...last, end: Math.max(last.end, span.end) }
    else joined.push(span)
  }
  return joined
}
