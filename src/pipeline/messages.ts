/** The path of a captured message: read, select, hand to the station that keeps messages, settle. */
import { Fault } from '../base/index.ts'
import type { MessageStart, Settlement } from '../clinical/spool/index.ts'
import type { RuleMessage } from '../clinical/select/index.ts'
import { deviceDigest } from '../deidentify/index.ts'
import { readRecords } from '../standards/astm/index.ts'
import { looksLikeXml } from '../standards/cda/index.ts'
import type { ByteSource } from '../standards/dicom/index.ts'
import { readDecoded, splitBatch, textsOf } from '../standards/hl7/index.ts'
import { interactionJourney } from './interactions.ts'
import { intoProjects, together, type MessageStations } from './stations.ts'

/** @throws Fault with `retry: 'later'` when a store is away */
export async function messageJourney(
  source: ByteSource,
  start: MessageStart,
  stations: MessageStations,
): Promise<Settlement> {
  if (start.unreadable) return { outcome: 'quarantined', code: start.unreadable }
  const settled: Settlement[] = []
  try {
    const bytes = Buffer.from(source.read(0, source.sizeBytes))
    if (start.kind === 'hl7' && looksLikeXml(bytes)) return await interactionJourney(bytes, start, stations)
    for (const message of readAll(bytes, start, stations)) settled.push(await one(message, start, stations))
  } catch (error) {
    if (!(error instanceof Fault) || error.entry.retry !== 'never') throw error
    return { outcome: 'quarantined', code: error.code }
  }
  return together(settled)
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

async function one(message: RuleMessage, start: MessageStart, stations: MessageStations): Promise<Settlement> {
  const { messages, selector } = stations
  await messages?.notice(message)
  return intoProjects(selector.selectMessage(message, start), stations, (station, project, rule) =>
    station.take({ ...message, start, project, rule }),
  )
}
