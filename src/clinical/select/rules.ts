/** Rules as expressions of the Common Expression Language, compiled and type-checked once, evaluated for every capture. */
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import { Fault } from '../../base/index.ts'
import type { Attributes } from '../../standards/dicom/index.ts'
import { messageValues, type MessageValue, type RuleMessage } from './message-values.ts'
import { checkTypes, TypeProblem } from './types.ts'
import { ruleValues, type RuleValue } from './values.ts'

export interface Rule {
  readonly name: string
  readonly project: string
  /** a CEL expression over `dicom`, `hl7`, `astm` and `association` */
  readonly when: string
}

export interface AssociationFacts {
  readonly callingAETitle: string
  readonly calledAETitle: string
  readonly remoteAddress: string
  readonly link: string
}

/** of a message's connection: there are no titles */
export type ConnectionFacts = Pick<AssociationFacts, 'remoteAddress' | 'link'>

export interface Selection {
  readonly rule: string
  readonly project: string
  /** `absent`: the rule needs an attribute that is not there; it does not select */
  readonly result: 'selected' | 'not selected' | 'absent'
}

export interface RuleProblem {
  /** of the rule, counted from 0 */
  readonly index: number
  readonly rule: string
  /** in the expression, from 1 */
  readonly line: number
  readonly column: number
  readonly message: string
}

export interface Selector {
  /** One answer a rule, in the order of the rules; never throws. */
  select(attributes: Attributes, association: AssociationFacts): readonly Selection[]
  /** The same for a message: a rule that asks for what only images have is 'absent'. */
  selectMessage(message: RuleMessage, association: ConnectionFacts): readonly Selection[]
  /** The same for XML of HL7 v3, which has a type and no fields. */
  selectInteraction(messageType: string, association: ConnectionFacts): readonly Selection[]
}

interface Compiled {
  readonly rule: Rule
  readonly keywords: ReadonlySet<string>
  readonly paths: Readonly<Record<RuleMessage['kind'], ReadonlySet<string>>>
  evaluate(bindings: Bindings): unknown
}

interface Bindings {
  dicom: { [keyword: string]: RuleValue }
  hl7: { [path: string]: MessageValue }
  astm: { [path: string]: MessageValue }
  association: ConnectionFacts
}

/** @returns a selector, or every problem of every rule with its place */
export function compileRules(
  rules: readonly Rule[],
):
  | { readonly selector: Selector; readonly problems: readonly [] }
  | { readonly selector?: undefined; readonly problems: readonly RuleProblem[] } {
  const compiled: Compiled[] = []
  const problems: RuleProblem[] = []
  for (const [index, rule] of rules.entries()) {
    try {
      compiled.push(compile(rule))
    } catch (error) {
      problems.push({ index, rule: rule.name, ...placeOf(error, rule.when) })
    }
  }
  if (problems.length) return { problems }
  const keywords = new Set(compiled.flatMap((one) => [...one.keywords]))
  const pathsOf = (kind: RuleMessage['kind']) => new Set(compiled.flatMap((one) => [...one.paths[kind]]))
  const paths = { hl7: pathsOf('hl7'), astm: pathsOf('astm') }
  const answers = (bindings: Bindings): readonly Selection[] =>
    compiled.map((one) => ({ rule: one.rule.name, project: one.rule.project, result: resultOf(one, bindings) }))
  return {
    problems: [],
    selector: {
      select: (attributes, association) =>
        answers({ ...NOTHING, dicom: ruleValues(attributes, keywords), association }),
      selectMessage: (message, association) =>
        answers({ ...NOTHING, [message.kind]: messageValues(message, paths[message.kind]), association }),
      selectInteraction: (messageType, association) => answers({ ...NOTHING, hl7: { messageType }, association }),
    },
  }
}

const NOTHING = { dicom: {}, hl7: {}, astm: {} }
const env = celEnv()

function compile(rule: Rule): Compiled {
  const parsed = parse(rule.when)
  if (!parsed.expr) throw new TypeProblem(0, 'empty')
  const positions = parsed.sourceInfo?.positions ?? {}
  const { type, keywords, paths } = checkTypes(parsed.expr, (id) => positions[String(id)] ?? 0)
  if (type !== 'bool' && type !== 'any') throw new TypeProblem(0, 'a rule must be a yes or no')
  const evaluate = plan(env, parsed)
  return {
    rule,
    keywords,
    paths,
    evaluate: (bindings) => evaluate(bindings as unknown as Parameters<typeof evaluate>[0]),
  }
}

function resultOf(compiled: Compiled, bindings: Parameters<Compiled['evaluate']>[0]): Selection['result'] {
  try {
    const value = compiled.evaluate(bindings)
    if (value === true) return 'selected'
    return isCelError(value) ? 'absent' : 'not selected'
  } catch {
    return 'absent'
  }
}

function placeOf(error: unknown, expression: string): { line: number; column: number; message: string } {
  if (error instanceof TypeProblem) {
    const before = expression.slice(0, error.offset).split('\n')
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, message: error.message }
  }
  const syntax = error as { rawMessage?: string; location?: { start?: { line: number; column: number } } }
  const { line = 1, column = 1 } = syntax.location?.start ?? {}
  return { line, column, message: syntax.rawMessage ?? new Fault('config-invalid').message }
}
