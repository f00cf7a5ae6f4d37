/** Value representations (PS3.5 §6.2, §7.1.2). */
export type VR = (typeof VRS)[number]

export const VRS = [
  ...([
    'AE',
    'AS',
    'AT',
    'CS',
    'DA',
    'DS',
    'DT',
    'FD',
    'FL',
    'IS',
    'LO',
    'LT',
    'PN',
    'SH',
    'SL',
    'SS',
    'ST',
    'TM',
    'UI',
    'UL',
    'US',
  ] as const),
  ...(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'] as const),
] as const

/** VRs whose length takes 32 bits in explicit encodings, after two reserved bytes (PS3.5 Table 7.1-1) */
const LONG: ReadonlySet<string> = new Set([
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SQ',
  'SV',
  'UC',
  'UN',
  'UR',
  'UT',
  'UV',
])
/** VRs whose characters are those of Specific Character Set (PS3.5 §6.1.2.3) */
const TEXT: ReadonlySet<string> = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'])
const BINARY: ReadonlySet<string> = new Set([
  'AT',
  'FD',
  'FL',
  'OB',
  'OD',
  'OF',
  'OL',
  'OV',
  'OW',
  'SL',
  'SQ',
  'SS',
  'SV',
  'UL',
  'UN',
  'US',
  'UV',
])

export const hasLongLength = (vr: VR): boolean => LONG.has(vr)
export const isTextVR = (vr: VR): boolean => TEXT.has(vr)
/** not made of characters */
export const isBinaryVR = (vr: VR): boolean => BINARY.has(vr)

/** two characters as a number → the VR, without making a string an element */
export const vrOfCode = (code: number): VR | undefined => byCode.get(code)
const byCode: ReadonlyMap<number, VR> = new Map(VRS.map((vr) => [(vr.charCodeAt(0) << 8) | vr.charCodeAt(1), vr]))

/** bytes of one value, for the VRs of fixed size; 0 for the others */
export const VALUE_BYTES: Readonly<Partial<Record<VR, number>>> = {
  AT: 4,
  FD: 8,
  FL: 4,
  OD: 8,
  OF: 4,
  OL: 4,
  OV: 8,
  OW: 2,
  SL: 4,
  SS: 2,
  SV: 8,
  UL: 4,
  US: 2,
  UV: 8,
}
