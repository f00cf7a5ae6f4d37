/** The hospital operator's view: links, associations, gaps, queues, quarantine, processes. */
export { createOperateServer, type OperateOptions, type OperateServer } from './server.ts'
export type { AssociationState, DirectionProof, GapState, LinkState, OperateSnapshot } from './contract.ts'
