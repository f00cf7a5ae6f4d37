/**
 * Types of a rule's expression, found at load: that keywords exist, that what is compared can be, that the whole is a
 * yes or no. What the table of VRs cannot tell (the items of lists inside macros) is left to the evaluation.
 */
import type { parse } from '@bufbuild/cel'
import { dictionaryEntry, tagOf, type VR } from '../../standards/dicom/index.ts'
import { isKeyword } from './values.ts'

type Expr = NonNullable<ReturnType<typeof parse>['expr']>
export type Type = 'bool' | 'number' | 'string' | 'data set' | 'association' | 'any' | { readonly list: Type }

/** where in the text, counted from 0, and what is wrong there */
export class TypeProblem extends Error {
  readonly offset: number

  constructor(offset: number, message: string) {
    super(message)
    this.offset = offset
  }
}

export interface Checked {
  readonly type: Type
  readonly keywords: ReadonlySet<string>
}

const ASSOCIATION = ['callingAETitle', 'calledAETitle', 'remoteAddress', 'link']
const NUMERIC: ReadonlySet<VR> = new Set(['US', 'SS', 'UL', 'SL', 'SV', 'UV', 'IS', 'DS', 'FL', 'FD'])
const COMPARING: ReadonlySet<string> = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_'])
const CALCULATING: ReadonlySet<string> = new Set(['_-_', '_*_', '_/_', '_%_', '-_'])
const TESTING: ReadonlySet<string> = new Set(['contains', 'startsWith', 'endsWith', 'matches'])

/** @throws TypeProblem */
export function checkTypes(expression: Expr, offsetOf: (id: bigint) => number): Checked {
  const keywords = new Set<string>()
  const variables = new Map<string, Type>([
    ['dicom', 'data set'],
    ['association', 'association'],
  ])
  const fail = (at: Expr, message: string): never => {
    throw new TypeProblem(offsetOf(at.id), message)
  }
  const want = (at: Expr, type: Type, wanted: Type): void => {
    if (type !== wanted && type !== 'any') fail(at, `${name(type)} where ${name(wanted)} is needed`)
  }

  const field = (at: Expr, of: Type, keyword: string): Type => {
    if (of === 'association')
      return ASSOCIATION.includes(keyword)
        ? 'string'
        : fail(at, `association has no ${keyword}; it has ${ASSOCIATION.join(', ')}`)
    if (of === 'any') return 'any'
    if (of !== 'data set') return fail(at, `${name(of)} has no ${keyword}`)
    if (!isKeyword(keyword)) return fail(at, `${keyword} is not a keyword of PS3.6`)
    keywords.add(keyword)
    return typeOf(keyword)
  }

  const call = (at: Expr, what: string, target: Expr | undefined, args: readonly Expr[]): Type => {
    const types = [...(target ? [target] : []), ...args].map(check)
    const [a = 'any', b = 'any'] = types
    if (what === '_&&_' || what === '_||_' || what === '!_') {
      for (const [index, type] of types.entries()) want(args[index] as Expr, type, 'bool')
      return 'bool'
    }
    if (COMPARING.has(what)) {
      if (a !== 'any' && b !== 'any' && name(a) !== name(b)) fail(at, `${name(a)} is compared with ${name(b)}`)
      return 'bool'
    }
    if (what === '@in') {
      if (typeof b === 'string' && b !== 'any') fail(at, `${name(b)} is not a list`)
      if (typeof b === 'object' && a !== 'any' && b.list !== 'any' && name(a) !== name(b.list))
        fail(at, `${name(a)} is looked for in a list of ${name(b.list)}`)
      return 'bool'
    }
    if (TESTING.has(what)) {
      for (const [index, type] of types.entries())
        want([...(target ? [target] : []), ...args][index] as Expr, type, 'string')
      return 'bool'
    }
    if (what === 'size') return 'number'
    if (CALCULATING.has(what)) {
      for (const [index, type] of types.entries()) want(args[index] as Expr, type, 'number')
      return 'number'
    }
    if (what === '_[_]')
      return typeof a === 'object' ? a.list : a === 'any' ? 'any' : fail(at, `${name(a)} is not a list`)
    if (what === '_?_:_') return b
    return 'any'
  }

  const check = (at: Expr): Type => {
    const { case: kind, value } = at.exprKind
    if (kind === 'constExpr') return constant(value.constantKind.case)
    if (kind === 'identExpr')
      return variables.get(value.name) ?? fail(at, `${value.name} is unknown; there are dicom and association`)
    if (kind === 'selectExpr' && value.operand) {
      const type = field(at, check(value.operand), value.field)
      return value.testOnly ? 'bool' : type
    }
    if (kind === 'callExpr') return call(at, value.function, value.target, value.args)
    if (kind === 'listExpr') {
      const types = value.elements.map(check)
      return { list: types.every((type) => name(type) === name(types[0] ?? 'any')) ? (types[0] ?? 'any') : 'any' }
    }
    if (kind === 'comprehensionExpr' && value.iterRange && value.accuInit && value.loopStep && value.result) {
      const range = check(value.iterRange)
      variables.set(value.iterVar, typeof range === 'object' ? range.list : 'any')
      variables.set(value.accuVar, check(value.accuInit))
      check(value.loopStep)
      return check(value.result)
    }
    return 'any'
  }
  return { type: check(expression), keywords }
}

function typeOf(keyword: string): Type {
  const entry = dictionaryEntry(tagOf(keyword) ?? -1)
  const vr = entry?.vrs[0] ?? 'UN'
  const one: Type = vr === 'SQ' ? 'data set' : NUMERIC.has(vr) ? 'number' : 'string'
  return vr === 'SQ' || entry?.vm !== '1' ? { list: one } : one
}

function constant(kind: string | undefined): Type {
  if (kind === 'boolValue') return 'bool'
  if (kind === 'stringValue') return 'string'
  return kind === 'int64Value' || kind === 'uint64Value' || kind === 'doubleValue' ? 'number' : 'any'
}

const WORDS: Readonly<Record<string, string>> = {
  bool: 'a yes or no',
  number: 'a number',
  string: 'text',
  any: 'anything',
  'data set': 'a data set',
  association: 'an association',
}
const name = (type: Type): string => (typeof type === 'object' ? `a list of ${name(type.list)}` : (WORDS[type] ?? type))
