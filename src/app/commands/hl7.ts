/** `sluice hl7 show | check | unify`: messages as a person reads them, and what is odd about them. */
import { recordFieldName } from '../../standards/astm/index.ts'
import {
  code,
  controlId,
  fieldName,
  fieldsOf,
  isExplicitNull,
  messageType,
  repetitionsOf,
  type Message,
  type Range,
} from '../../standards/hl7/index.ts'
import {
  unifyDocument,
  unifyRead,
  type UnificationTables,
  type UnifiedObservation,
} from '../../research/unify/index.ts'
import { messagesIn, type FoundMessage } from '../message-files.ts'
import { tablesOf } from './units.ts'

interface Options {
  readonly json?: boolean
}

/** Every field that has a value, with its name. */
export function showMessages(paths: readonly string[], { json }: Options): void {
  for (const path of paths)
    for (const found of messagesIn(path)) {
      if (json) console.log(JSON.stringify({ ...about(found), segments: segments(found) }))
      else console.log(table(found))
      if (!isRead(found)) process.exitCode = 1
    }
}

/** A line a message; exits with 1 when one cannot be read. */
export function checkMessages(paths: readonly string[], { json }: Options): void {
  let total = 0
  let unreadable = 0
  for (const path of paths)
    for (const found of messagesIn(path)) {
      total++
      if (!isRead(found)) unreadable++
      console.log(json ? JSON.stringify(about(found)) : line(found))
    }
  if (!json) console.log(`${total} messages, ${unreadable} that cannot be read`)
  if (unreadable || total === 0) process.exitCode = 1
}

/** Every result in the unified unit beside what was sent; exits with 1 when one stays open or a message cannot be read. */
export function unifyMessages(
  paths: readonly string[],
  { json, config }: Options & { readonly config?: string },
): void {
  const tables = tablesOf(config)
  for (const path of paths)
    for (const found of messagesIn(path)) {
      const unified = unifiedOf(found, tables)
      const observations = unified?.reports.flatMap((report) => report.observations) ?? []
      if (!unified || observations.some(({ status }) => status === 'ambiguous' || status === 'refused'))
        process.exitCode = 1
      if (json) console.log(JSON.stringify({ ...about(found), ...unified }))
      else console.log([line(found), ...observations.map(resultLine), ''].join('\n'))
    }
}

const isRead = ({ message, document }: FoundMessage): boolean => message !== undefined || document !== undefined

function unifiedOf({ kind, message, texts, document }: FoundMessage, tables: UnificationTables) {
  if (document) return unifyDocument(document, tables, document.patient.sex ? { sex: document.patient.sex } : {})
  return message && texts && kind !== 'cda' ? unifyRead({ kind, message, texts, subject: {} }, tables) : undefined
}

function resultLine({ stated, concept, status, rule, value }: UnifiedObservation): string {
  const name = concept?.code ?? stated.codes[0]?.text ?? stated.codes[0]?.code ?? ''
  const shown =
    value === undefined
      ? '—'
      : value.kind === 'quantity'
        ? `${value.comparator ?? ''}${value.value} ${value.unit}`
        : value.value
  const sent = [stated.value, stated.unit].filter(Boolean).join(' ')
  return plain(
    `  ${stated.place.padEnd(8)} ${name.padEnd(24)} ${sent.padEnd(24)} → ${shown.padEnd(28)} ${status}  ${rule}`,
  )
}

function about({ file, offset, kind, flags, message, texts, document, problem }: FoundMessage): object {
  return {
    ...{ file, offset, kind, flags },
    ...(problem ? { problem } : {}),
    ...(document
      ? { type: document.code, characterSet: document.encoding, observationCount: document.observations.length }
      : {}),
    ...(message && texts
      ? {
          ...(kind === 'hl7'
            ? { type: messageType(message), controlId: controlId(message), version: code(message, 'MSH.12.1') }
            : {}),
          characterSet: texts.characterSet,
          segmentCount: message.segments.length,
        }
      : {}),
  }
}

interface Shown {
  readonly field: number
  readonly name?: string
  /** repetitions; the delimiters inside as they were sent */
  readonly values: readonly string[]
}

/** of a clinical document its sections stand for segments, their results for fields */
function segments(found: FoundMessage): readonly { name: string; fields: readonly Shown[] }[] {
  const { kind, message, texts, document } = found
  if (document)
    return document.sections.map(({ code, title, text }, at) => ({
      name: `${code} ${title}`.trim(),
      fields: [
        ...(text ? [{ field: 0, name: '', values: [text] }] : []),
        ...document.observations
          .filter(({ sectionNumber }) => sectionNumber === at + 1)
          .map((one, number): Shown => ({
            field: number + 1,
            name: one.code.displayName || one.code.code,
            values: [[one.value || (one.valueCode?.displayName ?? ''), one.unit].join(' ').trim()],
          })),
      ],
    }))
  if (!message || !texts) return []
  return message.segments.map((segment) => ({
    name: segment.name,
    fields: fieldsOf(message, segment).flatMap((range, at): Shown[] => {
      if (range.end === range.start) return []
      const field = at + 1
      const name = kind === 'hl7' ? fieldName(segment.name, field) : recordFieldName(segment.name, field)
      const isDelimiters = segment.name === message.header && field <= 2
      const values = isDelimiters
        ? [message.bytes.toString('latin1', range.start, range.end)]
        : repetitionsOf(message, range).map((one) => valueOf(message, texts.text(one), one))
      return [{ field, ...(name ? { name } : {}), values }]
    }),
  }))
}

function valueOf(message: Message, text: string | undefined, range: Range): string {
  if (isExplicitNull(message, range)) return '"" (delete)'
  if (text !== undefined) return text
  // unsure of its character set: plain bytes as they are, the others by number
  return message.bytes
    .toString('latin1', range.start, range.end)
    .replace(/[\x80-\xff]/g, (one) => `<${one.charCodeAt(0).toString(16).toUpperCase()}>`)
}

function table(found: FoundMessage): string {
  const rows = segments(found).flatMap(({ name, fields }) => [
    name || '(no name)',
    ...fields.map(
      ({ field, name: called, values }) =>
        `  ${String(field).padStart(3)}  ${(called ?? '').padEnd(34)}  ${plain(values.join('  ~  '))}`,
    ),
  ])
  return [line(found), ...rows, ''].join('\n')
}

function line({ file, offset, kind, flags, message, texts, document, problem }: FoundMessage): string {
  const place = `${file}${offset ? ` @${offset}` : ''}`
  if (document) {
    const { code, sections, observations, encoding } = document
    const name = code.displayName || code.code
    return plain(`${place}: CDA ${name}, ${sections.length} sections, ${observations.length} results, ${encoding}`)
  }
  if (!message || !texts) return `${place}: ${problem?.code ?? ''} at ${problem?.offset ?? 0}: ${problem?.reason ?? ''}`
  const { declared, encoding = 'unsure', status } = texts.characterSet
  const set =
    status === 'ascii' ? 'ASCII' : `${encoding}${declared && status !== 'declared' ? `, declared ${declared}` : ''}`
  const what = kind === 'hl7' ? messageType(message) : 'ASTM'
  return plain(
    `${place}: ${what}, ${message.segments.length} segments, ${set}${flags.length ? `; ${flags.join(', ')}` : ''}`,
  )
}

/** what a terminal would obey is shown by number */
const plain = (text: string): string =>
  text.replace(/[\x00-\x1f\x7f-\x9f]/g, (one) =>
    one === '\n' ? ' ⏎ ' : `<${one.charCodeAt(0).toString(16).toUpperCase()}>`,
  )
