/**
 * Unification: units as written into UCUM, observations into the one vocabulary, clinical documents of 70 kB with all their
 * results, beside the NLM's unit library for the conversion that both can do. One core.
 */
import { createRequire } from 'node:module'
import { readClinicalDocument, sensitiveSpans } from '../src/standards/cda/index.ts'
import {
  convert,
  parseDecimal,
  readUnit,
  unificationTables,
  unifyDocument,
  unifyObservation,
  type StatedObservation,
} from '../src/research/unify/index.ts'
import { clinicalDocument } from '../test/cda-documents.ts'
import { Figures, result, type Options, type Result } from './measure.ts'

const DOCUMENTS = 'clinical documents of 70 kB'
const UNITS = ['ммоль/л', '10^9/л', 'мкмоль/л', 'Ед/л', 'мл/мин/1,73м^2', 'ME/мл', 'г/л', 'x10^12/л', 'мм рт.ст.', '%']
const RESULTS = [
  ['WBC', 'Лейкоциты', '6,2', '10^9/л', '4,0-9,0'],
  ['GLU', 'Глюкоза', '5,60', 'ммоль/л', '3,9-6,1'],
  ['CREA', 'Креатинин', '1.0', 'mg/dL', '0.7-1.2'],
  ['ALT', 'АЛТ', '31', 'Ед/л', 'до 41'],
  ['HCT', 'Гематокрит', '0.431', '', '0.370-0.540'],
  ['LYM', 'Лимфоциты', '32', '%', '19-37'],
] as const

interface Library {
  convertUnitTo(from: string, value: number, to: string): { toVal: number }
}

/** @returns per second: documents with extraction, with unification, spans; observations; units; conversions of both */
export async function run(options: Options): Promise<readonly Result[]> {
  const { UcumLhcUtils } = createRequire(import.meta.url)('@lhncbc/ucum-lhc') as {
    UcumLhcUtils: { getInstance(): Library }
  }
  const library = UcumLhcUtils.getInstance()
  const tables = unificationTables()
  const document = clinicalDocument({ observations: 85 })
  const stated = RESULTS.map(([code, text, value, unit, range], at): StatedObservation => ({
    place: `OBX[${at + 1}]`,
    codes: [{ code, text, system: '99LAB' }],
    valueType: 'NM',
    value,
    unit,
    range,
    flags: ['N'],
    resultStatus: 'F',
    subject: { sex: 'M', ageYears: 50 },
  }))
  const value = parseDecimal('6.5') ?? { digits: 0n, exponent: 0 }
  const figures = new Figures()
  const ms = options.quick ? 100 : 1500
  for (let round = 0; round < options.rounds; round++) {
    const rate = (work: () => void, count = 1) => perSecond(work, ms) * count
    figures.add(
      DOCUMENTS,
      'read',
      'documents/s',
      rate(() => readClinicalDocument(document)),
    )
    figures.add(
      DOCUMENTS,
      'read and unified',
      'documents/s',
      rate(() => unifyDocument(readClinicalDocument(document), tables)),
    )
    figures.add(
      DOCUMENTS,
      'spans',
      'documents/s',
      rate(() => sensitiveSpans(document)),
    )
    figures.add(
      'observations',
      'sluice',
      'observations/s',
      rate(() => stated.forEach((one) => unifyObservation(one, tables)), stated.length),
    )
    figures.add(
      'units as written',
      'sluice',
      'units/s',
      rate(() => UNITS.forEach((unit) => readUnit(unit)), UNITS.length),
    )
    figures.add(
      'conversions',
      'sluice',
      'conversions/s',
      rate(() => convert(value, '10*3/uL', '10*9/L')),
    )
    figures.add(
      'conversions',
      'ucum-lhc',
      'conversions/s',
      rate(() => library.convertUnitTo('10*3/uL', 6.5, '10*9/L')),
    )
  }
  const documents =
    figures.rows.find(({ workload, target }) => workload === DOCUMENTS && target === 'read')?.spread.median ?? 0
  const conversions = figures.ratio('conversions', 'sluice', 'ucum-lhc', 'conversions/s')
  return [
    result('unify', options, {
      rows: figures.rows,
      ratios: conversions ? { 'conversions, beside ucum-lhc': conversions } : {},
      targets: {
        documents: { reached: documents >= 500, goal: 'at least 500 documents/s with extraction', measured: documents },
      },
      notes: [`a document has ${document.length} bytes and 85 results`],
      versions: {},
    }),
  ]
}

function perSecond(work: () => void, ms: number): number {
  const startedAt = performance.now()
  let [count, now] = [0, startedAt]
  for (; now - startedAt < ms; now = performance.now()) {
    work()
    count++
  }
  return (1000 * count) / (now - startedAt)
}
