/** Rules over identified headers: what research asked for. */
export {
  compileRules,
  type AssociationFacts,
  type ConnectionFacts,
  type Rule,
  type RuleProblem,
  type Selection,
  type Selector,
} from './rules.ts'
export type { RuleMessage } from './message-values.ts'
