/**
 * What becomes of each field of a message: what this table does not name is taken out, whole segments too (Z segments, next
 * of kin, insurance). HL7 v2.5.1 chapters 2 to 7, LIS2-A2 for the records of analysers.
 */

/**
 * keep: codes and numbers, plain ASCII, that say nothing of anybody · coded: its codes kept, its texts cleaned · text:
 * cleaned · date: shifted, or taken out · number: keyed, the same in images and messages · pseudonym: of the person ·
 * sex, year: where the project keeps patient characteristics · value: by the type in OBX-2 · instrument: where the project
 * keeps devices · set: UTF-8, which the message now is in
 */
export type FieldRule =
  'keep' | 'coded' | 'text' | 'date' | 'number' | 'pseudonym' | 'sex' | 'year' | 'value' | 'instrument' | 'set'

type Fields = Readonly<Record<number, FieldRule>>

const row = (rules: Partial<Record<FieldRule, readonly number[]>>): Fields =>
  Object.fromEntries(
    (Object.entries(rules) as [FieldRule, readonly number[]][]).flatMap(([rule, fields]) =>
      fields.map((field): [number, FieldRule] => [field, rule]),
    ),
  )

export const HL7_POLICY: Readonly<Record<string, Fields>> = {
  MSH: row({ keep: [1, 2, 9, 11, 12, 15, 16], date: [7], number: [10], set: [18], instrument: [3] }),
  EVN: row({ keep: [1], date: [2, 6] }),
  PID: row({ keep: [1], pseudonym: [3, 5], year: [7], sex: [8] }),
  PV1: row({ keep: [1, 2, 4, 14, 36], number: [19], date: [44, 45], coded: [10] }),
  ORC: row({ keep: [1, 5], number: [2, 3, 4], date: [9, 15] }),
  OBR: row({ keep: [1, 5, 11, 24, 25], number: [2, 3], coded: [4, 15], date: [6, 7, 8, 14, 22, 36], text: [13, 31] }),
  OBX: row({
    keep: [1, 2, 4, 8, 9, 10, 11],
    coded: [3, 6, 17],
    value: [5],
    text: [7],
    date: [12, 14, 19],
    instrument: [18],
  }),
  NTE: row({ keep: [1, 2, 4], text: [3] }),
  SPM: row({ keep: [1, 11, 12], number: [2, 3], coded: [4, 5, 6, 7, 8], date: [17, 18] }),
  TXA: row({ keep: [1, 2, 3, 17], date: [4, 6, 7], number: [12] }),
  DG1: row({ keep: [1, 2, 6], coded: [3], text: [4], date: [5] }),
  MSA: row({ keep: [1], number: [2] }),
}

export const ASTM_POLICY: Readonly<Record<string, Fields>> = {
  H: row({ keep: [1, 12, 13], date: [14], number: [3], instrument: [5] }),
  P: row({ keep: [1], pseudonym: [2, 3, 5], year: [7], sex: [8] }),
  O: row({ keep: [1, 5, 11], number: [2, 3], coded: [4, 15], date: [6, 7, 8, 14] }),
  R: row({ keep: [1, 6, 7, 8], coded: [2, 4], text: [3, 5], date: [11, 12], instrument: [13] }),
  C: row({ keep: [1, 2, 4], text: [3] }),
  L: row({ keep: [1, 2] }),
}

/** value types of OBX-2 (table 0125) whose values are numbers, codes, dates or text; others (ED, RP, XPN …) are taken out */
export const VALUE_RULES: Readonly<Record<string, FieldRule>> = {
  NM: 'text',
  SN: 'text',
  ST: 'text',
  TX: 'text',
  FT: 'text',
  CE: 'coded',
  CWE: 'coded',
  CNE: 'coded',
  CF: 'coded',
  IS: 'coded',
  ID: 'keep',
  SI: 'keep',
  TM: 'keep',
  DT: 'date',
  TS: 'date',
  DTM: 'date',
  DR: 'date',
}

/** Where somebody or something is named; what stands there is looked for in every text. */
export const NAMED = {
  names: {
    PID: [5, 6, 9],
    NK1: [2, 30],
    PV1: [7, 8, 9, 17, 52],
    ORC: [10, 11, 12, 19],
    OBR: [10, 16, 28, 32, 33, 34, 35],
    OBX: [16, 25],
    MRG: [7],
    GT1: [3, 4],
    IN1: [16],
    TXA: [5, 9, 10, 11],
    EVN: [5],
    P: [5, 6, 13],
    O: [10, 16],
    R: [10],
  },
  identifiers: {
    PID: [2, 3, 4, 13, 14, 18, 19, 20, 21],
    MRG: [1, 2, 3, 4, 5, 6],
    PV1: [5, 19, 50],
    NK1: [5, 6],
    IN1: [36, 49],
    ORC: [2, 3, 4, 14],
    OBR: [2, 3, 17],
    P: [2, 3, 4, 12],
  },
  places: {
    PID: [11, 12, 23],
    NK1: [4],
    PV1: [3, 6, 11, 39],
    MSH: [4, 6],
    ORC: [13, 17, 18],
    GT1: [5],
    IN1: [19],
    P: [10],
  },
} as const satisfies Record<string, Readonly<Record<string, readonly number[]>>>
