/** The upper layer's state machine: PS3.8 Table 9-10 as a table, its actions (Tables 9-6 to 9-9) as rows. Pure. */
export type State =
  'Sta1' | 'Sta2' | 'Sta3' | 'Sta4' | 'Sta5' | 'Sta6' | 'Sta7' | 'Sta8' | 'Sta9' | 'Sta10' | 'Sta11' | 'Sta12' | 'Sta13'
export type Event = `Evt${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18 | 19}`
export type Role = 'requestor' | 'acceptor'

export type Effect =
  | 'connect'
  | 'send A-ASSOCIATE-RQ'
  | 'send A-ASSOCIATE-AC'
  | 'send A-ASSOCIATE-RJ'
  | 'send P-DATA-TF'
  | 'send A-RELEASE-RQ'
  | 'send A-RELEASE-RP'
  | 'send A-ABORT'
  | 'start ARTIM'
  | 'stop ARTIM'
  | 'close'
  | 'tell accepted'
  | 'tell rejected'
  | 'tell proposed'
  | 'tell data'
  | 'tell release'
  | 'tell released'
  | 'tell aborted'

/** A dot: the standard gives no action; the event cannot happen there. */
export const TRANSITIONS = `
         Sta1  Sta2  Sta3  Sta4  Sta5  Sta6  Sta7  Sta8  Sta9  Sta10 Sta11 Sta12 Sta13
  Evt1   AE-1  .     .     .     .     .     .     .     .     .     .     .     .      A-ASSOCIATE request, local user
  Evt2   .     .     .     AE-2  .     .     .     .     .     .     .     .     .      transport connection confirmed
  Evt3   .     AA-1  AA-8  .     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6   A-ASSOCIATE-AC PDU
  Evt4   .     AA-1  AA-8  .     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6   A-ASSOCIATE-RJ PDU
  Evt5   AE-5  .     .     .     .     .     .     .     .     .     .     .     .      transport connection indicated
  Evt6   .     AE-6  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7   A-ASSOCIATE-RQ PDU
  Evt7   .     .     AE-7  .     .     .     .     .     .     .     .     .     .      A-ASSOCIATE response, accept
  Evt8   .     .     AE-8  .     .     .     .     .     .     .     .     .     .      A-ASSOCIATE response, reject
  Evt9   .     .     .     .     .     DT-1  .     AR-7  .     .     .     .     .      P-DATA request
  Evt10  .     AA-1  AA-8  .     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6   P-DATA-TF PDU
  Evt11  .     .     .     .     .     AR-1  .     .     .     .     .     .     .      A-RELEASE request
  Evt12  .     AA-1  AA-8  .     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6   A-RELEASE-RQ PDU
  Evt13  .     AA-1  AA-8  .     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6   A-RELEASE-RP PDU
  Evt14  .     .     .     .     .     .     .     AR-4  AR-9  .     .     AR-4  .      A-RELEASE response
  Evt15  .     .     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  .      A-ABORT request
  Evt16  .     AA-2  AA-3  .     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2   A-ABORT PDU
  Evt17  .     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5   transport connection closed
  Evt18  .     AA-2  .     .     .     .     .     .     .     .     .     .     AA-2   ARTIM timer expired
  Evt19  .     AA-1  AA-8  .     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7   unrecognized or invalid PDU
`

/** next state; two where it depends on who requested the association */
const ACTIONS: Readonly<
  Record<
    string,
    { readonly next: State | readonly [requestor: State, acceptor: State]; readonly effects: readonly Effect[] }
  >
> = {
  'AE-1': { next: 'Sta4', effects: ['connect'] },
  'AE-2': { next: 'Sta5', effects: ['send A-ASSOCIATE-RQ'] },
  'AE-3': { next: 'Sta6', effects: ['tell accepted'] },
  'AE-4': { next: 'Sta1', effects: ['tell rejected', 'close'] },
  'AE-5': { next: 'Sta2', effects: ['start ARTIM'] },
  // that a proposal cannot be taken is told by the user's rejection, Evt8: the same PDU and the same state
  'AE-6': { next: 'Sta3', effects: ['stop ARTIM', 'tell proposed'] },
  'AE-7': { next: 'Sta6', effects: ['send A-ASSOCIATE-AC'] },
  'AE-8': { next: 'Sta13', effects: ['send A-ASSOCIATE-RJ', 'start ARTIM'] },
  'DT-1': { next: 'Sta6', effects: ['send P-DATA-TF'] },
  'DT-2': { next: 'Sta6', effects: ['tell data'] },
  'AR-1': { next: 'Sta7', effects: ['send A-RELEASE-RQ'] },
  'AR-2': { next: 'Sta8', effects: ['tell release'] },
  'AR-3': { next: 'Sta1', effects: ['tell released', 'close'] },
  'AR-4': { next: 'Sta13', effects: ['send A-RELEASE-RP', 'start ARTIM'] },
  'AR-5': { next: 'Sta1', effects: ['stop ARTIM'] },
  'AR-6': { next: 'Sta7', effects: ['tell data'] },
  'AR-7': { next: 'Sta8', effects: ['send P-DATA-TF'] },
  'AR-8': { next: ['Sta9', 'Sta10'], effects: ['tell release'] },
  'AR-9': { next: 'Sta11', effects: ['send A-RELEASE-RP'] },
  'AR-10': { next: 'Sta12', effects: ['tell released'] },
  'AA-1': { next: 'Sta13', effects: ['send A-ABORT', 'start ARTIM'] },
  'AA-2': { next: 'Sta1', effects: ['stop ARTIM', 'close'] },
  'AA-3': { next: 'Sta1', effects: ['tell aborted', 'close'] },
  'AA-4': { next: 'Sta1', effects: ['tell aborted'] },
  'AA-5': { next: 'Sta1', effects: ['stop ARTIM'] },
  'AA-6': { next: 'Sta13', effects: [] },
  'AA-7': { next: 'Sta13', effects: ['send A-ABORT'] },
  'AA-8': { next: 'Sta13', effects: ['send A-ABORT', 'tell aborted', 'start ARTIM'] },
}

const TABLE: ReadonlyMap<string, readonly string[]> = new Map(
  TRANSITIONS.trim()
    .split('\n')
    .slice(1)
    .map((row) => {
      const [event = '', ...cells] = row.trim().split(/\s+/)
      return [event, cells.slice(0, 13)]
    }),
)

/** @returns the next state and what to do, in order; undefined where the standard gives no action */
export function step(
  state: State,
  event: Event,
  role: Role,
): { readonly state: State; readonly effects: readonly Effect[] } | undefined {
  const name = TABLE.get(event)?.[Number(state.slice(3)) - 1]
  const action = name ? ACTIONS[name] : undefined
  if (!action) return undefined
  return {
    state: typeof action.next === 'string' ? action.next : action.next[role === 'requestor' ? 0 : 1],
    effects: action.effects,
  }
}
