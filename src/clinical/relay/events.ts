/** What a relay tells: associations and gaps. Addresses and counts, never contents. */
import type { LinkProtocol } from '../../base/index.ts'

export interface RelayLink {
  readonly name: string
  /** told to who reads the copy; absent: DICOM */
  readonly protocol?: LinkProtocol
  readonly upstream: { readonly host: string; readonly port: number }
  /** the address of this machine that the archive sees; absent: the system's choice */
  readonly localAddress?: string
  /** how long the archive may take to accept the connection before the device is refused; default 2000 */
  readonly connectTimeoutMs?: number
}

export type AssociationOutcome =
  'closed' | 'reset' | 'upstream-refused' | 'upstream-timeout' | 'cut-by-drain' | 'failed'

export interface AssociationOpened {
  readonly type: 'association-opened'
  readonly id: string
  readonly link: string
  /** the device's, without port */
  readonly remoteAddress: string
  /** milliseconds since the epoch */
  readonly at: number
}

/** SHA-256 of what was read on one side of a direction, and of what the other has taken */
export interface Hashes {
  /** hexadecimal; empty where the witness fell behind and the hash was given up */
  readonly sha256In: string
  readonly sha256Out: string
}

export interface BothHashes {
  readonly toUpstream: Hashes
  readonly toModality: Hashes
}

export interface DirectionProof extends Hashes {
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface AssociationClosed {
  readonly type: 'association-closed'
  readonly id: string
  readonly link: string
  readonly openedAt: number
  readonly at: number
  readonly outcome: AssociationOutcome
  readonly toUpstream: DirectionProof
  readonly toModality: DirectionProof
  /** the whole of it was copied to the tap */
  readonly tapped: boolean
}

/**
 * `ring-full`: the relay's own thread did not see it in time · `tap-full`: the observer did not read in time · `gone`: one of
 * the two went away · `off`: there was no observer when the connection opened · `cut`: the relay was killed, as its supervisor tells
 */
export type GapReason = 'ring-full' | 'tap-full' | 'gone' | 'off' | 'cut'

/** A stretch of traffic that passed and was not copied. */
export interface Gap {
  readonly type: 'gap'
  readonly id: string
  readonly link: string
  readonly from: number
  readonly to: number
  readonly bytesToUpstream: number
  readonly bytesToModality: number
  readonly reason: GapReason
}

export type RelayEvent = AssociationOpened | AssociationClosed | Gap

export interface RelayStats {
  readonly associations: readonly {
    readonly id: string
    readonly link: string
    readonly bytesToUpstream: number
    readonly bytesToModality: number
    readonly tapped: boolean
  }[]
  /** per link, since the relay process started */
  readonly links: Readonly<Record<string, { readonly bytesToUpstream: number; readonly bytesToModality: number }>>
  readonly tapBufferedBytes: number
  /** somebody reads the copy */
  readonly isTapped: boolean
}
