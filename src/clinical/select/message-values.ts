/** What a rule sees of a message: values by their paths, as text; `[*]` as a list; a segment as whether it is there. */
import { find, isMany, messageType, parsePath, type Message, type Texts } from '../../standards/hl7/index.ts'

/** A message that rules look at: HL7 v2, or ASTM records, which are the same view. */
export interface RuleMessage {
  readonly kind: 'hl7' | 'astm'
  readonly message: Message
  readonly texts: Texts
}

export type MessageValue = string | readonly string[] | { readonly [path: string]: MessageValue }

const TYPE = 'messageType'

/** @returns what is wrong with a path, for whoever wrote the rule; undefined when nothing is */
export function pathProblem(kind: RuleMessage['kind'], path: string): string | undefined {
  const parsed = parsePath(path)
  if (!parsed || parsed.field === undefined)
    return `${JSON.stringify(path)} is no path; one is ${kind === 'hl7' ? '"PV1.3.1" or "OBX[*].3.1"' : '"R[*].2.4" or "P.3"'}`
  const letters = kind === 'hl7' ? 3 : 1
  return parsed.segment.length === letters
    ? undefined
    : `${parsed.segment} is no ${kind === 'hl7' ? 'segment' : 'record'}`
}

export const isManyPath = (path: string): boolean => {
  const parsed = parsePath(path)
  return parsed !== undefined && isMany(parsed)
}
export const isSegment = (kind: RuleMessage['kind'], name: string): boolean =>
  kind === 'hl7' ? /^[A-Z][A-Z0-9]{2}$/.test(name) : /^[A-Z]$/.test(name)
export const isMessageType = (kind: RuleMessage['kind'], name: string): boolean => kind === 'hl7' && name === TYPE

/**
 * @param paths what the rules read: `messageType`, paths, and names of segments; nothing else is decoded
 * @returns a property for each that has a value; a segment that is there is an object with the paths below it
 */
export function messageValues(
  { message, texts }: RuleMessage,
  paths: ReadonlySet<string>,
): { [path: string]: MessageValue } {
  const values: { [path: string]: MessageValue } = {}
  for (const path of paths) {
    const value = path === TYPE ? messageType(message) : valueOf(message, texts, path, paths)
    if (value !== undefined && value !== '') values[path] = value
  }
  return values
}

function valueOf(message: Message, texts: Texts, path: string, paths: ReadonlySet<string>): MessageValue | undefined {
  const parsed = parsePath(path)
  if (!parsed) return undefined
  if (parsed.field === undefined) {
    if (!message.segments.some(({ name }) => name === path)) return undefined
    const below = [...paths].filter((one) => one.startsWith(`${path}.`))
    return Object.fromEntries(
      below.flatMap((one) => {
        const value = valueOf(message, texts, one, paths)
        return value === undefined ? [] : [[one.slice(path.length + 1), value] as const]
      }),
    )
  }
  const found = find(message, parsed).flatMap((range) => {
    const text = range.end > range.start ? texts.text(range) : undefined
    return text === undefined ? [] : [text]
  })
  return isMany(parsed) ? found : found[0]
}
