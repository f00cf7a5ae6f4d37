/** The fields of a message that acknowledging is about. */
import { createHash } from 'node:crypto'
import { MESSAGE_LIMITS } from './limits.ts'
import { code, type Message } from './message.ts'

const ANSWERING: ReadonlySet<string> = new Set(['MSH', 'SFT', 'UAC', 'MSA', 'ERR', 'QAK'])

/** @returns MSH-10 as a key: hashed when it is longer than any real one */
export const controlId = (message: Message): string => controlKey(code(message, 'MSH.10'))

/** @returns MSA-1 and MSA-2 when the message acknowledges another; `alone`: and does nothing else */
export function acknowledges(
  message: Message,
): { readonly code: string; readonly controlId: string; readonly alone: boolean } | undefined {
  if (!message.segments.some(({ name }) => name === 'MSA')) return undefined
  const type = code(message, 'MSH.9.1')
  const alone = type === 'ACK' || type === 'MCF' || message.segments.every(({ name }) => ANSWERING.has(name))
  return { code: code(message, 'MSA.1').trim(), controlId: controlKey(code(message, 'MSA.2')), alone }
}

/** @returns a digest of a message's bytes, to tell what was sent again from what only has the same number */
export const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url')

/** @returns a number of a message as a key */
export function controlKey(text: string): string {
  const id = text.trim()
  return id.length > MESSAGE_LIMITS.controlIdBytes.value ? digestOf(Buffer.from(id, 'latin1')) : id
}
