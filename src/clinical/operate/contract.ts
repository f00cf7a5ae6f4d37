/** What the operator's page and its server agree on. Types alone. Addresses, titles and counts; nothing of a patient. */
export interface DirectionProof {
  readonly bytesIn: number
  readonly bytesOut: number
  readonly sha256In: string
  readonly sha256Out: string
}

export interface LinkState {
  readonly name: string
  readonly protocol: string
  readonly listen: string
  readonly upstream: string
  readonly state: 'relaying' | 'upstream-down' | 'stopped'
  readonly associationsNow: number
  readonly associationsTotal: number
  readonly bytesToUpstream: number
  readonly bytesToModality: number
  readonly bytesPerSecond: number
  /** bytes a second, newest last, one value a second */
  readonly history: readonly number[]
  /** of mllp and astm links: how many of what was seen on the way */
  readonly messages?: Readonly<Record<string, number>>
}

export interface AssociationState {
  readonly id: string
  readonly link: string
  readonly remoteAddress: string
  readonly callingAETitle?: string
  readonly calledAETitle?: string
  /** of messages: what the peers call themselves */
  readonly sender?: string
  readonly receiver?: string
  readonly messages?: Readonly<Record<string, number>>
  readonly openedAt: number
  readonly closedAt?: number
  readonly outcome?: string
  readonly toUpstream?: DirectionProof
  readonly toModality?: DirectionProof
  /** in = out, both directions */
  readonly identical?: boolean
  readonly captured: number
  readonly refused: number
  readonly lost: number
  /** why its observation ended, where it did */
  readonly stopped?: string
}

export interface GapState {
  readonly id: string
  readonly link: string
  readonly from: number
  readonly to: number
  readonly bytesToUpstream: number
  readonly bytesToModality: number
  readonly reason: string
}

export interface QuarantineEntry {
  readonly ref: string
  readonly at: number
  readonly code: string
  readonly path?: string
  readonly project?: string
  readonly sizeBytes?: number
  readonly attempts?: number
}

/** Enough to decide about it, and nothing of whom. */
export interface QuarantinePreview extends QuarantineEntry {
  readonly readable: boolean
  /** a link, or 'upload' */
  readonly from: string
  readonly SOPClass?: string
  readonly transferSyntax?: string
  readonly modality?: string
  readonly rows?: number
  readonly columns?: number
  readonly frames?: number
  readonly messageType?: string
  readonly version?: string
  readonly segments?: string
  readonly document?: string
  readonly observations?: number
  readonly characterSet?: string
}

/** Only what was archived or rejected has left quarantine. */
export interface QuarantineOutcome {
  readonly outcome: 'archived' | 'conflict' | 'not-selected' | 'quarantined' | 'rejected'
  readonly code?: string
  readonly path?: string
}

export interface OperateSnapshot {
  readonly at: number
  readonly links: readonly LinkState[]
  /** newest first */
  readonly associations: readonly AssociationState[]
  readonly gaps: readonly GapState[]
  readonly queues: {
    readonly spoolBytes: number
    readonly spoolFull: boolean
    readonly freeFraction: number
    readonly waiting: number
    readonly archived: number
    readonly notSelected: number
    readonly conflicts: number
    readonly quarantined: number
  }
  readonly quarantine: readonly QuarantineEntry[]
  readonly processes: readonly {
    readonly role: string
    readonly pid: number
    readonly state: 'running' | 'starting' | 'stopped'
    readonly restarts: number
  }[]
}
