/** A file or frame with several messages, with or without batch headers (HL7 v2.5 §2.10.3): divided where MSH begins. */
import { Fault } from '../../base/index.ts'
import { MESSAGE_LIMITS } from './limits.ts'
import type { Range } from './ranges.ts'

export interface Batch {
  /** from each MSH to before the next, or to before a batch segment */
  readonly messages: readonly Range[]
  /** FHS or BHS stands in front */
  readonly enveloped: boolean
  /** what BTS-1 says, added up, where it says anything */
  readonly statedMessages?: number
}

const CR = 0x0d
const LF = 0x0a

/** @returns no messages when there is no MSH. @throws Fault 'limit-exceeded' */
export function splitBatch(bytes: Buffer): Batch {
  const terminator = bytes.indexOf(CR) >= 0 ? CR : LF
  const messages: { start: number; end: number }[] = []
  let enveloped = false
  let stated: number | undefined
  let open: { start: number; end: number } | undefined
  const close = (at: number): void => {
    if (open) open.end = at
    open = undefined
  }
  for (let at = firstByte(bytes); at < bytes.length;) {
    const name = bytes.toString('latin1', at, at + 3)
    if (name === 'MSH') {
      close(at)
      if (messages.length >= MESSAGE_LIMITS.batchMessages.value) throw new Fault('limit-exceeded', { what: 'batch' })
      open = { start: at, end: bytes.length }
      messages.push(open)
    } else if (name === 'FHS' || name === 'BHS') {
      close(at)
      enveloped = true
    } else if (name === 'BTS' || name === 'FTS') {
      close(at)
      const [, count] = /^BTS.(\d{1,9})/.exec(bytes.toString('latin1', at, at + 16)) ?? []
      if (count) stated = (stated ?? 0) + Number(count)
    }
    const end = bytes.indexOf(terminator, at)
    if (end < 0) break
    at = end + 1
    while (bytes[at] === CR || bytes[at] === LF || (!open && bytes[at] === 0x20)) at++
  }
  return { messages, enveloped, ...(stated === undefined ? {} : { statedMessages: stated }) }
}

function firstByte(bytes: Buffer): number {
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === CR || bytes[at] === LF) at++
  return at
}
