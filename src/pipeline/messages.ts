/** The path of captured messages: read, select, hand to the station that keeps messages, settle. Those that wait take each step together. */
import { Fault } from '../base/index.ts'
import type { Captured, MessageStart, Settlement } from '../clinical/spool/index.ts'
import type { RuleMessage } from '../clinical/select/index.ts'
import { deviceDigest } from '../deidentify/index.ts'
import { readRecords } from '../standards/astm/index.ts'
import { looksLikeXml } from '../standards/cda/index.ts'
import { readDecoded, splitBatch, textsOf } from '../standards/hl7/index.ts'
import { interactionJourney } from './interactions.ts'
import {
  settled,
  together,
  waysOf,
  type MessageOutcome,
  type MessageStations,
  type SelectedMessage,
} from './stations.ts'

/** so many captured messages take the path together, where so many wait */
export const MESSAGES_TOGETHER = 64

export interface CapturedMessage extends Pick<Captured, 'source'> {
  readonly start: MessageStart
}

/**
 * @returns what becomes of each
 * @throws Fault with `retry: 'later'` when a store is away; with several, any failure that may be one's alone
 */
export async function messageJourneys(
  captured: readonly CapturedMessage[],
  stations: MessageStations,
): Promise<readonly Settlement[]> {
  const read: (readonly RuleMessage[] | Settlement)[] = []
  for (const one of captured) read.push(await orQuarantined(() => readOne(one, stations)))
  // two numbers of one person concern all that comes with the message that says so
  for (const [at, messages] of read.entries())
    if (isRead(messages)) read[at] = await orQuarantined(() => noticed(messages, stations))
  const ways: (readonly Way[])[] = []
  for (const [at, messages] of read.entries()) {
    const found = isRead(messages)
      ? await orQuarantined(() => waysOfAll(messages, captured[at] as CapturedMessage, stations))
      : messages
    ways.push('outcome' in found ? [found] : found)
  }
  const selected = ways.flat().filter(isSelected)
  const taken = await orQuarantined(() => takeAll(selected, stations), captured.length > 1)
  const became = (one: SelectedMessage): Settlement =>
    'outcome' in taken ? taken : settled(taken.get(one) as MessageOutcome, one.project)
  return ways.map((some) => together(some.map((one) => (isSelected(one) ? became(one) : one))))
}

type Way = SelectedMessage | Settlement
const isSelected = (way: Way): way is SelectedMessage => 'project' in way && 'message' in way
const isRead = (read: readonly RuleMessage[] | Settlement): read is readonly RuleMessage[] => Array.isArray(read)

/** @param throws whatever happens */
async function orQuarantined<T>(work: () => Promise<T> | T, throws = false): Promise<T | Settlement> {
  try {
    return await work()
  } catch (error) {
    if (throws || !(error instanceof Fault) || error.entry.retry !== 'never') throw error
    return { outcome: 'quarantined', code: error.code }
  }
}

async function readOne(
  { source, start }: CapturedMessage,
  stations: MessageStations,
): Promise<readonly RuleMessage[] | Settlement> {
  if (start.unreadable) return { outcome: 'quarantined', code: start.unreadable }
  const bytes = Buffer.from(source.read(0, source.sizeBytes))
  if (start.kind === 'hl7' && looksLikeXml(bytes)) return interactionJourney(bytes, start, stations)
  return readAll(bytes, start, stations)
}

async function noticed(messages: readonly RuleMessage[], stations: MessageStations): Promise<readonly RuleMessage[]> {
  for (const message of messages) await stations.messages?.notice(message)
  return messages
}

const waysOfAll = (messages: readonly RuleMessage[], { start }: CapturedMessage, stations: MessageStations): Way[] =>
  messages.flatMap((message) =>
    waysOf(stations.selector.selectMessage(message, start), stations).map((way) =>
      'station' in way ? { ...message, start, project: way.project, rule: way.rule } : way,
    ),
  )

async function takeAll(
  selected: readonly SelectedMessage[],
  { messages }: MessageStations,
): Promise<ReadonlyMap<SelectedMessage, MessageOutcome>> {
  const taken = selected.length && messages ? await messages.take(selected) : []
  return new Map(selected.map((one, at) => [one, taken[at] as MessageOutcome]))
}

/** @throws Fault 'message-invalid', 'message-ambiguous', 'limit-exceeded' */
function readAll(bytes: Buffer, start: MessageStart, { memories }: MessageStations): RuleMessage[] {
  if (start.kind === 'astm') {
    const message = readRecords(bytes)
    return [{ kind: 'astm', message, texts: textsOf(message) }]
  }
  const { messages, enveloped } = splitBatch(bytes)
  if (messages.length === 0) throw new Fault('message-invalid', { reason: 'no MSH' })
  // a second MSH that no batch announces may be a line end inside a field: whose results they are is not certain
  if (messages.length > 1 && !enveloped) throw new Fault('message-ambiguous', { messages: messages.length })
  const device = deviceDigest(`${start.link} ${start.remoteAddress} ${start.direction}`)
  return messages.map((range) => {
    const { message, hidden } = readDecoded(bytes.subarray(range.start, range.end))
    const texts = textsOf(message, hidden, memories?.of(device))
    memories?.set(device, texts.memory)
    return { kind: 'hl7', message, texts }
  })
}
