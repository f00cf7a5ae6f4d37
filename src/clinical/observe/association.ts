/**
 * One observed association: both directions, what was negotiated, and the C-STOREs under way. A data set is handed to the
 * sink as it comes and counts only once the other side has answered success or warning and the data set was complete.
 */
import { Fault, type TapOpening } from '../../base/index.ts'
import {
  COMMANDS,
  isAccepted,
  isResponse,
  readAnswer,
  readProposal,
  type Command,
  type ControlPdu,
} from '../../standards/dicom/index.ts'
import { ObservedDirection } from './direction.ts'
import type { CaptureSink, CaptureWriter, InstanceStart, ObservedConnection, ObserverEvent } from './events.ts'

type Way = 'to-upstream' | 'to-modality'

interface Store {
  readonly writer: CaptureWriter | undefined
  /** why there is no writer */
  readonly unkept?: string
  readonly way: Way
  readonly from: number
  bytes: number
  complete: boolean
}

const C_STORE_RQ = 0x0001
const C_STORE_RSP = 0x8001
/** a peer that never answers must not make us remember without end */
const OPEN_STORES = 1024

export class ObservedAssociation implements ObservedConnection {
  readonly opening: TapOpening
  readonly #sink: CaptureSink
  readonly #tell: (event: ObserverEvent) => void
  readonly #ways: Readonly<Record<Way, ObservedDirection>>
  /** by presentation context: abstract and, once accepted, transfer syntax */
  readonly #contexts = new Map<number, { readonly abstractSyntaxUID: string; transferSyntaxUID?: string }>()
  /** by direction, context and message id, from the request to its response */
  readonly #stores = new Map<string, Store>()
  /** whose data set the bytes of a direction are now */
  readonly #receiving: Partial<Record<Way, Store>> = {}
  readonly #unknownTypes = new Set<number>()
  #titles = { callingAETitle: '', calledAETitle: '' }
  #stopped = false

  constructor(opening: TapOpening, sink: CaptureSink, tell: (event: ObserverEvent) => void) {
    this.opening = opening
    this.#sink = sink
    this.#tell = tell
    this.#ways = { 'to-upstream': this.#direction('to-upstream'), 'to-modality': this.#direction('to-modality') }
  }

  /** Bytes of one direction. Whatever they are, nothing is thrown: the association is then looked at no further. */
  feed(way: Way, bytes: Buffer): void {
    if (this.#stopped) return
    try {
      this.#ways[way].feed(bytes)
    } catch (error) {
      this.#stopped = true
      const code = error instanceof Fault ? error.code : 'internal'
      this.#tell({ type: 'stopped', id: this.opening.id, code, offset: this.#ways[way].offset })
      this.#abandonAll(code)
    }
  }

  /** The connection is gone, or its copy ends here. */
  end(reason: string): void {
    this.#stopped = true
    this.#abandonAll(reason)
  }

  #direction(way: Way): ObservedDirection {
    return new ObservedDirection({
      control: (pdu) => this.#control(pdu),
      unknown: (pduType) => this.#unknown(pduType),
      command: (context, command) => this.#command(way, context, command),
      data: (_context, bytes, last) => this.#data(way, bytes, last),
    })
  }

  #control({ name, fields }: ControlPdu): void {
    if (name === 'A-ASSOCIATE-RQ') {
      const { callingAETitle, calledAETitle, contexts } = readProposal(fields)
      this.#titles = { callingAETitle, calledAETitle }
      for (const { presentationContextID, abstractSyntaxUID } of contexts)
        this.#contexts.set(presentationContextID, { abstractSyntaxUID })
    } else if (name === 'A-ASSOCIATE-AC') {
      const accepted = readAnswer(fields).contexts.filter(({ result }) => result === 0)
      for (const { presentationContextID, transferSyntaxUID } of accepted) {
        const context = this.#contexts.get(presentationContextID)
        if (context) context.transferSyntaxUID = transferSyntaxUID
      }
      this.#tell({ type: 'negotiated', id: this.opening.id, ...this.#titles, accepted: accepted.length })
    } else if (name === 'A-ABORT') this.#abandonAll('aborted')
  }

  /** told once a type: a line that speaks something else would fill the log */
  #unknown(pduType: number): void {
    if (this.#unknownTypes.has(pduType)) return
    this.#unknownTypes.add(pduType)
    this.#tell({ type: 'unknown-pdu', id: this.opening.id, pduType })
  }

  #command(way: Way, presentationContextID: number, command: Command): void {
    this.#tell({ type: 'command', id: this.opening.id, name: COMMANDS[command.CommandField] ?? 'unknown' })
    // a new message before the data set of the last one ended: that one is not whole
    this.#cutShort(way)
    if (command.CommandField === C_STORE_RQ && command.hasDataSet) this.#begin(way, presentationContextID, command)
    else if (command.CommandField === C_STORE_RSP)
      this.#answer(way === 'to-upstream' ? 'to-modality' : 'to-upstream', presentationContextID, command)
    else if (command.hasDataSet && !isResponse(command)) delete this.#receiving[way]
  }

  #begin(way: Way, presentationContextID: number, command: Command): void {
    const context = this.#contexts.get(presentationContextID)
    const key = keyOf(way, presentationContextID, command.messageID)
    if (this.#stores.size >= OPEN_STORES) return this.#lose('too many unanswered')
    this.#stores.get(key)?.writer?.abandon('repeated message id')
    const start: InstanceStart = {
      kind: 'dicom',
      ...{ associationId: this.opening.id, link: this.opening.link, remoteAddress: this.opening.remoteAddress },
      ...this.#titles,
      ...{
        direction: way,
        abstractSyntaxUID: context?.abstractSyntaxUID ?? '',
        transferSyntaxUID: context?.transferSyntaxUID ?? '',
      },
      ...{ SOPClassUID: command.SOPClassUID ?? '', SOPInstanceUID: command.SOPInstanceUID ?? '' },
      ...{ messageID: command.messageID, at: Date.now() },
    }
    const writer = context?.transferSyntaxUID ? this.#sink.begin(start) : undefined
    const unkept = writer ? {} : { unkept: context?.transferSyntaxUID ? 'no room' : 'not negotiated' }
    const store: Store = { writer, ...unkept, way, from: start.at, bytes: 0, complete: false }
    this.#stores.set(key, store)
    this.#receiving[way] = store
  }

  #data(way: Way, bytes: Uint8Array, last: boolean): void {
    const store = this.#receiving[way]
    if (!store) return
    store.bytes += bytes.length
    store.writer?.write(bytes)
    if (!last) return
    store.complete = true
    delete this.#receiving[way]
  }

  #answer(way: Way, presentationContextID: number, { messageID, Status = 0 }: Command): void {
    const key = keyOf(way, presentationContextID, messageID)
    const store = this.#stores.get(key)
    if (!store) return
    this.#stores.delete(key)
    if (this.#receiving[way] === store) delete this.#receiving[way]
    const { id } = this.opening
    if (!isAccepted(Status)) {
      store.writer?.abandon('refused')
      this.#tell({ type: 'refused', id, status: Status })
    } else if (!store.complete) {
      store.writer?.abandon('answered before its end')
      this.#lose('answered before its end', store)
    } else if (!store.writer) this.#lose('no room', store)
    else {
      store.writer.commit(Status).then(
        ({ ref, bytes }) => this.#tell({ type: 'captured', id, ref, bytes, status: Status, at: Date.now() }),
        () => this.#lose('not durable', store),
      )
    }
  }

  #cutShort(way: Way): void {
    const store = this.#receiving[way]
    if (!store) return
    delete this.#receiving[way]
    store.writer?.abandon('cut short')
    for (const [key, open] of this.#stores) if (open === store) this.#stores.delete(key)
    this.#lose('cut short', store)
  }

  #abandonAll(reason: string): void {
    for (const store of this.#stores.values()) {
      store.writer?.abandon(reason)
      this.#lose(reason, store)
    }
    this.#stores.clear()
    for (const way of ['to-upstream', 'to-modality'] as const) delete this.#receiving[way]
  }

  /** What the archive has, or may have, and we have not. */
  #lose(reason: string, store?: Store): void {
    const to = Date.now()
    const bytes = store?.bytes ?? 0
    this.#tell({
      ...{ type: 'abandoned', id: this.opening.id, reason: store?.unkept ?? reason, from: store?.from ?? to, to },
      ...(store?.way === 'to-modality'
        ? { bytesToUpstream: 0, bytesToModality: bytes }
        : { bytesToUpstream: bytes, bytesToModality: 0 }),
    })
  }
}

const keyOf = (way: Way, context: number, messageID: number): string => `${way} ${context} ${messageID}`
