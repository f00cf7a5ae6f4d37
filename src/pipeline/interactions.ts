/** The path of XML of HL7 v3 that a link carried: a clinical document alone, a message with documents, or one with results. */
import { Fault } from '../base/index.ts'
import type { MessageStart, Settlement } from '../clinical/spool/index.ts'
import type { GateProject } from '../deidentify/index.ts'
import { saidInWrapper } from '../deidentify/messages/index.ts'
import { clinicalParts, readTransmission } from '../standards/cda/index.ts'
import { intoProjects, ofAll, type MessageOutcome, type MessageStation, type MessageStations } from './stations.ts'

/** @throws what `clinicalParts` throws; Fault with `retry: 'later'` when a store is away */
export async function interactionJourney(
  bytes: Uint8Array,
  start: MessageStart,
  stations: MessageStations,
): Promise<Settlement> {
  const { messageType } = readTransmission(bytes)
  return intoProjects(stations.selector.selectInteraction(messageType, start), stations, ({ station, project, rule }) =>
    takeParts(bytes, station, { project, rule, link: start.link, receivedAt: new Date(start.at) }),
  )
}

interface From {
  readonly project: GateProject
  readonly rule: string
  readonly link: string
  readonly receivedAt: Date
}

/**
 * Hands every document in it to the station.
 * @param bytes XML
 * @throws what `clinicalParts` throws, Fault 'interaction-not-read' where there is nothing to take
 */
export async function takeParts(bytes: Uint8Array, station: MessageStation, from: From): Promise<MessageOutcome> {
  const { parts, wrapped } = clinicalParts(bytes)
  if (parts.length === 0) throw new Fault('interaction-not-read', { documents: 0 })
  // a document is its own patient's; whom the message around it names is looked for in it
  const carrier = wrapped ? { said: saidInWrapper(bytes) } : undefined
  const outcomes: MessageOutcome[] = []
  for (const [at, part] of parts.entries())
    outcomes.push(
      await station.takeDocument({
        ...from,
        bytes: part,
        carrier,
        ...(wrapped ? { path: `document[${at + 1}]` } : {}),
      }),
    )
  return ofAll(outcomes)
}
