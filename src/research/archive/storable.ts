/** PostgreSQL holds neither NUL nor half a character; U+FFFD stands in their place in what is made of a message. */

export const storableText = (text: string): string => text.toWellFormed().replaceAll('\0', '\ufffd')

/** both, as JSON writes them */
const NOT_STORABLE = /\\u0000|\\ud[89a-f]/

/** @returns JSON; values are looked through one by one only where there is something to replace */
export function storableJSON(value: object): string {
  const json = JSON.stringify(value)
  if (!NOT_STORABLE.test(json)) return json
  return JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' ? storableText(one) : one))
}
