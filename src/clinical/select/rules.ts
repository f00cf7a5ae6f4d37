/** Rules as expressions of the Common Expression Language, compiled and type-checked once, evaluated for every capture. */
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel'
import { Fault } from '../../base/index.ts'
import type { Attributes } from '../../standards/dicom/index.ts'
import { checkTypes, TypeProblem } from './types.ts'
import { ruleValues, type RuleValue } from './values.ts'

export interface Rule {
  readonly name: string
  readonly project: string
  /** a CEL expression over `dicom` and `association` */
  readonly when: string
}

export interface AssociationFacts {
  readonly callingAETitle: string
  readonly calledAETitle: string
  readonly remoteAddress: string
  readonly link: string
}

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
}

interface Compiled {
  readonly rule: Rule
  readonly keywords: ReadonlySet<string>
  evaluate(bindings: { dicom: { [keyword: string]: RuleValue }; association: AssociationFacts }): unknown
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
  return {
    problems: [],
    selector: {
      select: (attributes, association) => {
        const dicom = ruleValues(attributes, keywords)
        return compiled.map((one) => ({
          rule: one.rule.name,
          project: one.rule.project,
          result: resultOf(one, { dicom, association }),
        }))
      },
    },
  }
}

const env = celEnv()

function compile(rule: Rule): Compiled {
  const parsed = parse(rule.when)
  if (!parsed.expr) throw new TypeProblem(0, 'empty')
  const positions = parsed.sourceInfo?.positions ?? {}
  const { type, keywords } = checkTypes(parsed.expr, (id) => positions[String(id)] ?? 0)
  if (type !== 'bool' && type !== 'any') throw new TypeProblem(0, 'a rule must be a yes or no')
  const evaluate = plan(env, parsed)
  return { rule, keywords, evaluate: (bindings) => evaluate(bindings as unknown as Parameters<typeof evaluate>[0]) }
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
