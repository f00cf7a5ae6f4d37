/** What the research page and its server agree on. Types alone. */
export interface Session {
  readonly name: string
  readonly role: 'admin' | 'researcher'
}

export interface Project {
  readonly name: string
  readonly title: string
}

export interface StudySummary {
  readonly studyInstanceUID: string
  readonly project: string
  readonly pseudonym: string
  readonly modalities: readonly string[]
  readonly bodyPart?: string
  readonly seriesCount: number
  readonly instanceCount: number
  /** when it came into the archive, milliseconds since the epoch */
  readonly archivedAt: number
}

export interface StudyPage {
  readonly studies: readonly StudySummary[]
  /** more can be asked for from here */
  readonly nextOffset?: number
}

export interface Live {
  readonly studies: number
  readonly instances: number
  readonly at: number
}

export interface Failure {
  readonly code: string
  readonly message: string
  readonly action: string
  readonly where?: Readonly<Record<string, string | number>>
}

/** A pseudonymous person with studies or laboratory records. */
export interface PersonSummary {
  readonly pseudonym: string
  readonly project: string
  readonly sex?: string
  readonly studies: number
  readonly messages: number
  /** the pseudonym that stays, when two turned out to be one person */
  readonly replacedBy?: string
}

export interface PeoplePage {
  readonly total: number
  readonly people: readonly PersonSummary[]
  readonly nextOffset?: number
}

/** A message as it stands after the gate. */
export interface MessageText {
  readonly id: string
  readonly kind: 'hl7' | 'astm' | 'cda'
  readonly messageType: string
  /** milliseconds since the epoch */
  readonly receivedAt: number
  readonly text: string
}

/** A code of a device that no table maps yet. */
export interface UnmappedCode {
  readonly device: string
  readonly system: string
  readonly code: string
  readonly text: string
  readonly unit: string
  /** that wait for it */
  readonly messages: number
}
