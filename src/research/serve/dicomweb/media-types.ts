/** Accept as PS3.18 §8.7 has it: which of what we can give is wanted most. */
import { Fault } from '../../../base/index.ts'

export interface MediaRange {
  readonly type: string
  readonly parameters: ReadonlyMap<string, string>
  readonly q: number
}

/** Ranges of an Accept header, best first; quoted parameters may hold commas and semicolons. */
export function parseAccept(header: string | undefined): readonly MediaRange[] {
  if (!header?.trim()) return [{ type: '*/*', parameters: new Map(), q: 1 }]
  return split(header, ',')
    .map((range) => {
      const [type = '', ...rest] = split(range, ';').map((part) => part.trim())
      const parameters = new Map(
        rest.map((part) => {
          const at = part.indexOf('=')
          return [
            part.slice(0, at).trim().toLowerCase(),
            part
              .slice(at + 1)
              .trim()
              .replace(/^"|"$/g, ''),
          ] as const
        }),
      )
      return { type: type.toLowerCase(), parameters, q: Number(parameters.get('q') ?? 1) }
    })
    .filter(({ q }) => q > 0)
    .sort((a, b) => b.q - a.q)
}

/** @throws Fault 'not-acceptable' unless one of the media types is wanted */
export function wanted<T extends string>(header: string | undefined, offers: readonly T[]): T {
  for (const { type, parameters } of parseAccept(header)) {
    const found = offers.find((offer) => {
      const [offered = '', inner] = offer.split('; ')
      if (type === '*/*') return true
      if (type.endsWith('/*') ? !offered.startsWith(type.slice(0, -1)) : type !== offered) return false
      const asked = parameters.get('type')
      return !asked || !inner || asked === inner || asked === '*/*'
    })
    if (found) return found
  }
  throw new Fault('not-acceptable')
}

/** @throws Fault 'not-acceptable' when a transfer syntax is asked for by name and is not the stored one: nothing is transcoded */
export function refuseTranscoding(header: string | undefined, storedUID: string): void {
  const asked = parseAccept(header).map(({ parameters }) => parameters.get('transfer-syntax'))
  if (asked.some((uid) => uid === undefined || uid === '*' || uid === storedUID)) return
  throw new Fault('not-acceptable', { stored: storedUID })
}

function split(text: string, separator: string): string[] {
  const parts: string[] = []
  let quoted = false
  let part = ''
  for (const letter of text) {
    if (letter === '"') quoted = !quoted
    if (letter === separator && !quoted) {
      parts.push(part)
      part = ''
    } else part += letter
  }
  return [...parts, part]
}
