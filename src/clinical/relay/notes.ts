/** What the relay's thread and its witness say to each other, beside the ring. */
import type { BothHashes, GapReason } from './events.ts'
import type { RingMemory } from './ring.ts'

/** what a record in the ring is about */
export const NOTE = {
  /** for the tap: opened, half-closed */
  told: 0,
  /** read on one side and taken by the other within one step: for both hashes, and the tap */
  passed: 1,
  /** read and not taken yet: for the hash of the side it came from, and the tap */
  read: 2,
  /** taken after a wait: for the hash of the other side */
  taken: 3,
  /** both ends are gone: for the tap, and the hashes are asked for */
  closed: 4,
  /** opened, and hashed by the loop */
  ownOpened: 5,
} as const

export type ToWitness =
  | { readonly type: 'tap'; readonly path: string | undefined }
  | { readonly type: 'wake' }
  /** the ring had no room for this connection: it is given up */
  | { readonly type: 'lost'; readonly connection: number }

export interface Left {
  readonly reason: GapReason
  readonly from: number
  /** bytes of either direction that were copied before */
  readonly toUpstream: number
  readonly toModality: number
}

export type FromWitness =
  /** `thread`: its number, where the system tells it */
  | { readonly type: 'ready'; readonly thread: number | undefined }
  /** whether somebody reads the tap: told after the first attempt, and when that changes */
  | { readonly type: 'tapped'; readonly path: string | undefined; readonly isTapped: boolean }
  | { readonly type: 'left'; readonly connection: number; readonly left: Left }
  | {
      readonly type: 'closed'
      readonly connection: number
      /** undefined: the loop has them */
      readonly hashes: BothHashes | undefined
    }

export interface WitnessData {
  readonly ring: RingMemory
  /** with less than this in the ring the thread has time: far from where the loop would be held */
  readonly roomBytes: number
  readonly tap: string | undefined
}
