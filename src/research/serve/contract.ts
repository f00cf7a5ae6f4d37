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
