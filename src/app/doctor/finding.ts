/** One thing that was looked at. */
export interface Finding {
  readonly what: string
  /** note: worth knowing, and no reason not to start */
  readonly level: 'ok' | 'note' | 'bad'
  readonly detail: string
}

export const ok = (what: string, detail: string): Finding => ({ what, level: 'ok', detail })
export const note = (what: string, detail: string): Finding => ({ what, level: 'note', detail })
export const bad = (what: string, detail: string): Finding => ({ what, level: 'bad', detail })
