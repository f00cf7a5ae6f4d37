/** `sluice units "10 мкмоль/л" --analyte creatinine` */
import { Fault } from '../../base/index.ts'
import {
  CONCEPTS,
  conceptsNamed,
  isLoincCode,
  readUnit,
  unificationTables,
  unifyObservation,
  type ReferenceRange,
  type UnifiedObservation,
} from '../../research/unify/index.ts'
import { readConfig, readUnification } from '../config/index.ts'

export interface UnitsOptions {
  readonly analyte?: string
  readonly range?: string
  readonly sex?: string
  readonly age?: string
  readonly analytes?: boolean
  readonly config?: string
  readonly json?: boolean
}

export function unitsCommand(value: string | undefined, options: UnitsOptions): void {
  if (options.analytes) return listAnalytes(options)
  if (value === undefined || value.trim() === '') return refuse('say a value, as in: sluice units "10 мкмоль/л"')
  const [, number, unit = ''] =
    /^\s*([<>=≤≥]{0,2}\s*[+-]?\d+(?:[.,]\d+)?)(?![\d^*(⁰¹²³-⁹])\s*(.*?)\s*$/.exec(value) ?? []
  if (number === undefined) return explainUnit(value, options)
  const { analyte = '' } = options
  const code = analyte !== '' && isLoincCode(analyte) ? { code: analyte, text: '', system: 'LN' } : named(analyte)
  if (analyte && !code.text && code.system !== 'LN')
    return refuse(`there is no analyte ${analyte}${suggestions(analyte)}`)
  const age = options.age === undefined ? undefined : Number(options.age)
  if (options.sex && options.sex !== 'M' && options.sex !== 'F') return refuse('--sex is M or F')
  if (age !== undefined && !(age >= 0)) return refuse('--age is a number of years')
  const unified = unifyObservation(
    {
      place: '',
      codes: analyte ? [code] : [],
      valueType: 'NM',
      value: number,
      unit,
      range: options.range ?? '',
      flags: [],
      resultStatus: 'F',
      subject: {
        ...(options.sex === 'M' || options.sex === 'F' ? { sex: options.sex } : {}),
        ...(age === undefined ? {} : { ageYears: age }),
      },
    },
    tablesOf(options.config),
  )
  if (options.json) console.log(JSON.stringify(unified))
  else print(unified, value)
  if (unified.status === 'ambiguous' || unified.status === 'refused') process.exitCode = 1
}

/** Our tables, and over them those of the configuration where one is named. @throws Fault 'config-invalid' */
export function tablesOf(file: string | undefined) {
  if (file === undefined) return unificationTables()
  const { config } = readConfig(file)
  if (!config) throw new Fault('config-invalid', { file })
  return readUnification(config.unification).tables
}

/** the name as the tables know it; without text where they do not */
function named(analyte: string) {
  const concept = CONCEPTS.get(analyte) ?? conceptsNamed(analyte)[0]
  return { code: concept?.code ?? analyte, text: concept ? analyte : '', system: '' }
}

function suggestions(analyte: string): string {
  const part = analyte.toLowerCase()
  const near = [...CONCEPTS.values()].filter(({ names }) => names.some((name) => name.toLowerCase().includes(part)))
  return near.length
    ? `; do you mean ${near
        .slice(0, 5)
        .map(({ code }) => code)
        .join(', ')}?`
    : '; see sluice units --analytes'
}

function explainUnit(written: string, { json }: UnitsOptions): void {
  const reading = readUnit(written.trim())
  if (json) console.log(JSON.stringify(reading))
  else if (reading.status === 'ok') console.log(`${written.trim()}  →  ${reading.ucum}  (${reading.rule})`)
  else if (reading.status === 'ambiguous')
    console.log(`${written.trim()} may be ${reading.readings.join(' or ')}; the analyte decides.`)
  else console.log(`${written.trim()} is not a unit that is known.`)
  if (reading.status !== 'ok') process.exitCode = 1
}

function print(
  { concept, status, rule, measured, value, ranges, interpretation, findings }: UnifiedObservation,
  written: string,
): void {
  const row = (name: string, text: string) => console.log(`${name.padEnd(12)}${text}`)
  row('as written', written)
  if (concept)
    row(
      'analyte',
      `${concept.code}: ${concept.name.ru}, ${concept.name.en}${concept.loinc ? `, LOINC ${concept.loinc}` : ''}`,
    )
  if (measured) row('UCUM', `${measured.comparator ?? ''}${measured.value} ${measured.unit}`)
  if (value?.kind === 'quantity') row('unified', `${value.comparator ?? ''}${value.value} ${value.unit}`)
  row('status', `${status}, by ${rule}`)
  if (interpretation) row('flag', interpretation)
  for (const range of ranges) row(range.from === 'maker' ? 'maker' : 'ours', rangeLine(range))
  for (const { code, detail } of findings) row('note', `${code}: ${detail}`)
}

function rangeLine({ low, high, text, unit, sex, ageYears, kind, source }: ReferenceRange): string {
  const numbers = low && high ? `${low} to ${high}` : low ? `from ${low}` : high ? `to ${high}` : (text ?? '')
  const { from, below } = ageYears ?? {}
  const years = from === undefined ? (below === undefined ? '' : `below ${below} a`) : `from ${from} a`
  return [[numbers, unit].filter(Boolean).join(' '), sex, years, kind, source].filter(Boolean).join(', ')
}

function listAnalytes({ json }: UnitsOptions): void {
  const list = [...CONCEPTS.values()].map(({ code, unit, loinc, name }) => ({ code, unit, loinc, ...name }))
  if (json) console.log(JSON.stringify(list))
  else
    for (const { code, unit, loinc = '', ru } of list)
      console.log(`${code.padEnd(24)}${unit.padEnd(18)}${loinc.padEnd(10)}${ru}`)
}

function refuse(message: string): void {
  console.error(`sluice: ${message}`)
  process.exitCode = 2
}
