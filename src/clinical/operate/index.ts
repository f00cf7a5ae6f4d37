/** The hospital operator's view: links, associations, gaps, queues, quarantine, processes. */
export { createOperateServer, type OperateOptions, type OperateServer, type QuarantineActions } from './server.ts'
export type {
  AssociationState,
  DirectionProof,
  GapState,
  LinkState,
  OperateSnapshot,
  QuarantineEntry,
  QuarantineOutcome,
  QuarantinePreview,
} from './contract.ts'
