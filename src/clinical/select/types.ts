/**
 * Types of a rule's expression, found at load: that keywords exist, that what is compared can be, that the whole is a
 * yes or no. What the table of VRs cannot tell (the items of lists inside macros) is left to the evaluation.
 */
import type { parse } from '@bufbuild/cel'
import { dictionaryEntry, tagOf, type VR } from '../../standards/dicom/index.ts'
import { isManyPath, isMessageType, isSegment, pathProblem, type RuleMessage } from './message-values.ts'
import { isKeyword } from './values.ts'

type Expr = NonNullable<ReturnType<typeof parse>['expr']>
export type Type =
  | 'bool'
  | 'number'
  | 'string'
  | 'data set'
  | 'association'
  | 'any'
  | { readonly list: Type }
  | { readonly message: RuleMessage['kind']; readonly segment?: string }

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
  /** by kind of message: paths, segments, `messageType` */
  readonly paths: Readonly<Record<RuleMessage['kind'], ReadonlySet<string>>>
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
    ['hl7', { message: 'hl7' }],
    ['astm', { message: 'astm' }],
    ['association', 'association'],
  ])
  const paths = { hl7: new Set<string>(), astm: new Set<string>() }
  const fail = (at: Expr, message: string): never => {
    throw new TypeProblem(offsetOf(at.id), message)
  }
  const want = (at: Expr, type: Type, wanted: Type): void => {
    if (type !== wanted && type !== 'any') fail(at, `${name(type)} where ${name(wanted)} is needed`)
  }

  /** `hl7.messageType`, or a segment by its name */
  const named = (at: Expr, kind: RuleMessage['kind'], name: string): Type => {
    if (!isMessageType(kind, name) && !isSegment(kind, name))
      return fail(at, `${kind} has no ${name}; write ${kind}["PATH"]${kind === 'hl7' ? ' or hl7.messageType' : ''}`)
    paths[kind].add(name)
    return isMessageType(kind, name) ? 'string' : { message: kind, segment: name }
  }
  /** `hl7["PV1.3.1"]`, or `hl7.PV1["3.1"]` */
  const placed = (at: Expr, { message: kind, segment }: { message: RuleMessage['kind']; segment?: string }): Type => {
    const value = at.exprKind.case === 'constExpr' ? at.exprKind.value.constantKind : undefined
    if (value?.case !== 'stringValue') return fail(at, 'a path is written out, in quotes')
    const path = segment ? `${segment}.${value.value}` : value.value
    const problem = pathProblem(kind, path)
    if (problem) return fail(at, problem)
    paths[kind].add(path)
    return isManyPath(path) ? { list: 'string' } : 'string'
  }

  const field = (at: Expr, of: Type, keyword: string): Type => {
    if (typeof of === 'object' && 'message' in of && !of.segment) return named(at, of.message, keyword)
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
    if (what === '_[_]' && args[0] && args[1]) {
      const of = check(args[0])
      if (typeof of === 'object' && 'message' in of) return placed(args[1], of)
    }
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
      const member = memberOf(b)
      if (a !== 'any' && member !== 'any' && name(a) !== name(member))
        fail(at, `${name(a)} is looked for in a list of ${name(member)}`)
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
      return typeof a === 'object' ? memberOf(a) : a === 'any' ? 'any' : fail(at, `${name(a)} is not a list`)
    if (what === '_?_:_') return b
    return 'any'
  }

  const check = (at: Expr): Type => {
    const { case: kind, value } = at.exprKind
    if (kind === 'constExpr') return constant(value.constantKind.case)
    if (kind === 'identExpr')
      return (
        variables.get(value.name) ?? fail(at, `${value.name} is unknown; there are dicom, hl7, astm and association`)
      )
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
      variables.set(value.iterVar, memberOf(range))
      variables.set(value.accuVar, check(value.accuInit))
      check(value.loopStep)
      return check(value.result)
    }
    return 'any'
  }
  return { type: check(expression), keywords, paths }
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
const name = (type: Type): string => {
  if (typeof type === 'string') return WORDS[type] ?? type
  if ('list' in type) return `a list of ${name(type.list)}`
  return type.segment ? 'a segment' : 'a message'
}
const memberOf = (type: Type): Type => (typeof type === 'object' && 'list' in type ? type.list : 'any')
