/** The one path from the spool to the archive. */
export { admit, admitAgain, admitFile, isWaiting, settlementOf, type Admitted, type Stations } from './admit.ts'
export { MESSAGES_TOGETHER } from './messages.ts'
export { previewOf, type Preview } from './preview.ts'
export type { MessageOutcome, MessageStation, MessageStations, SelectedMessage } from './stations.ts'
export { laboratory, type Laboratory, type Merging } from './laboratory.ts'
export { unifyAgain } from './unify-again.ts'
