/** The witness's thread: empties the ring, hashes both sides of both directions, and feeds the tap. */
import { parentPort, workerData } from 'node:worker_threads'
import { goFirst, ownThread, TAP } from '../../base/index.ts'
import { NOTE, type FromWitness, type ToWitness, type WitnessData } from './notes.ts'
import { AssociationHashes } from './proof.ts'
import { RingReader, type RingRecord } from './ring.ts'
import { Tap } from './tap.ts'

/**
 * What is read before the tap's socket is handed it: no more than the kernel takes of it at once, or the tap would fall
 * behind however fast its reader is.
 */
const HANDED_BYTES = 128 * 1024
/** what is read in one turn where the socket takes all it is handed; what it does not take leaves between two turns */
const TURN_BYTES = 1024 * 1024
/** with more than this before the tap's reader it gets the processor, as long as it takes of it and the ring has room */
const READER_BYTES = 4 * 1024 * 1024

// before the loop that hands it the pieces, and behind the observer; from then on the loop gives both their place
goFirst('witness')

const data = workerData as WitnessData
const ring = new RingReader(data.ring)
/** of each connection; undefined where the loop hashes by itself */
const seen = new Map<number, AssociationHashes | undefined>()
let running = false
let waitedBefore = Infinity

const tell = (message: FromWitness) => parentPort?.postMessage(message)
function newTap(path: string | undefined): Tap | undefined {
  const tellTapped = (isTapped: boolean) => tell({ type: 'tapped', path, isTapped })
  if (path !== undefined)
    return new Tap(path, (connection, left) => tell({ type: 'left', connection, left }), tellTapped)
  tellTapped(false)
  return undefined
}
let tap = newTap(data.tap)

parentPort?.on('message', (message: ToWitness) => {
  if (message.type === 'wake') {
    if (!running) turn()
    return
  }
  // what was seen before comes first
  for (let record = ring.next(); record; record = ring.next()) take(record)
  if (message.type === 'tap') {
    tap?.stop()
    tap = newTap(message.path)
  } else {
    tap?.leave(message.connection, 'ring-full')
    seen.delete(message.connection)
  }
  tap?.flush()
})

turn()
tell({ type: 'ready', thread: ownThread() })

function turn(): void {
  let bytes = 0
  let handAt = HANDED_BYTES
  running = true
  if (isReaderNext()) {
    setTimeout(turn, 1)
    return
  }
  for (let record = ring.next(); record; record = ring.next()) {
    take(record)
    bytes += record.payload.length
    if (bytes <= handAt) continue
    tap?.flush()
    if (bytes > TURN_BYTES || (tap?.waiting ?? 0) > 0) break
    handAt = bytes + HANDED_BYTES
  }
  tap?.flush()
  if (ring.rest()) running = false
  else setImmediate(turn)
}

function isReaderNext(): boolean {
  const waits = tap?.waiting ?? 0
  const isTaking = waits < waitedBefore
  const hasTime = waits > READER_BYTES && ring.waiting < data.roomBytes
  waitedBefore = hasTime ? waits : Infinity
  return hasTime && isTaking
}

function take(record: RingRecord): void {
  const { note, connection, type, payload } = record
  const hashes = seen.get(connection)
  if (note === NOTE.closed) {
    tap?.close(connection, record.frame)
    if (seen.delete(connection)) tell({ type: 'closed', connection, hashes: hashes?.get() })
  } else if (type === TAP.opened) {
    seen.set(connection, note === NOTE.ownOpened ? undefined : new AssociationHashes())
    if (!tap?.open(connection, record.frame))
      tell({ type: 'left', connection, left: { reason: 'off', from: Date.now(), toUpstream: 0, toModality: 0 } })
  } else {
    hashes?.see(note, type, payload)
    if (note !== NOTE.taken) tap?.offer(connection, type, record.frame, payload.length)
  }
}
