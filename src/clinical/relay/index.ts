/** Bytes pass, both ways, unchanged: the one part of Sluice that clinical traffic depends on. */
export { createRelay, type Listen, type Relay, type RelayOptions } from './relay.ts'
export type {
  AssociationClosed,
  AssociationOpened,
  AssociationOutcome,
  Gap,
  GapReason,
  RelayEvent,
  RelayLink,
  RelayStats,
} from './events.ts'
