/**
 * How units are written in Russian and international practice. Sources: the unit column of the Federal directory of
 * laboratory tests (FSLI, NSI OID 1.2.643.5.1.13.13.11.1080), analysers' host interfaces, GOST 8.417-2002.
 * Keys are written without blanks and full stops, as `compact` leaves them.
 */
import { ATOMS } from './atoms.ts'

/** UCUM atom | spellings that take prefixes | spellings that do not */
const ATOM_SPELLINGS = `
  g        | г g гр gm gr        | грамм gram grams
  m        | м m                 | метр
  s        | с s                 | сек секунд секунды sec secs second seconds
  K        | К K                 |
  mol      | моль mol            | mole
  eq       | экв Экв eq Eq       |
  osm      | Осм осм Осмоль осмоль osm Osm osmol Osmol | Osmole
  A        | А A                 |
  L        | л L l               | литр liter
  min      |                     | мин минут min mins minute minutes
  h        |                     | ч час часов h hr hrs hour
  d        |                     | сут сутки суток день d day 24ч 24час 24h 24hr 24hrs
  wk       |                     | нед wk week
  mo       |                     | мес mo month
  a        |                     | год лет yr year years
  Hz       | Гц Hz               |
  N        | Н N                 |
  Pa       | Па Pa               |
  J        | Дж J                |
  cal      | кал cal             |
  W        | Вт W                |
  V        | В V                 |
  S        | См S                |
  bar      | бар bar             |
  m[H2O]   |                     |
  U        | Ед ЕД ед U          | Е units unit
  [iU]     | МЕ Ме IU            | iu
  kat      | кат kat             |
  Cel      |                     | °C °С degC градC градС грC грС
  [degF]   |                     | °F degF
  deg      |                     | deg град
  St       | Ст St               |
  [CFU]    |                     | КОЕ CFU
  [PFU]    |                     | БОЕ PFU
  [beth'U] |                     | едБетесда BU
  [arb'U]  |                     | усред услед уе AU отнедопт
  [HPF]    |                     | hpf HPF полезрвысув
  [LPF]    |                     | lpf LPF полезрнизув
  %        |                     | % percent проц
  [ppm]    |                     | ppm
  [ppb]    |                     | ppb
  [ppth]   |                     | ‰ промилле
  [pH]     |                     | pH рН едpH едрН
  10*3     |                     | тыс thou thousand
  10*6     |                     | млн mill million
  10*9     |                     | млрд Gpt
  10*12    |                     | Tpt
  mm[Hg]   |                     | ммртст ммрс mmHg ммHg torr Torr mmofHg
  cm[H2O]  |                     | смводст смвс cmH2O смH2O
  mm3      |                     | мм3 куббмм кубмм cumm cmm mm3
  {cells}  |                     | клеток клетки клетка кл cells cell
  {copies} |                     | копий копии копия коп copies copy
  {GE}     |                     | ГЭ GEq
  {titer}  |                     | титр titer
  {field}  |                     | полезр пзр
  {score}  |                     | балл баллов балла
  {sample} |                     | образец
  1        |                     | безразмед отнед шт ratio index индекс INR МНО коэф
`

/** whole strings whose parts would not say it */
const PHRASE_SPELLINGS = `
  мг%  mg/dL
  mg%  mg/dL
  г%   g/dL
  g%   g/dL
  gm%  g/dL
  мкг% ug/dL
  ug%  ug/dL
  мэкв% meq/dL
  K/uL 10*3/uL
  K/mm3 10*3/mm3
  K/cumm 10*3/mm3
  M/uL 10*6/uL
  M/mm3 10*6/mm3
  M/cumm 10*6/mm3
  п/зр /{field}
  вп/зр /{field}
  впзр /{field}
  вполезр /{field}
  вполезрения /{field}
  /пзр /{field}
  bpm /min
  уд/мин /min
  дых/мин /min
  ударвмин /min
  beats/min /min
  breaths/min /min
  %вгейте %
  %отОБМ %
  %КВМ %
  %захвата %
  %нейтрализации %
  vol% %
  (нмоль/л)*мин nmol/L.min
  мл/мин/1 mL/min/{1.73_m2}
  mM mmol/L
  uM umol/L
  nM nmol/L
  pM pmol/L
  мМ mmol/L
  мкМ umol/L
  нМ nmol/L
  266016 mm[Hg]
  265987 kPa
  262688 %
  268192 Cel
  264864 /min
  264928 /min
  263441 cm
  263875 kg
  264320 s
  264338 ms
  264352 min
  266866 mmol/L
  264274 mg/dL
  263762 mL
`

/** of what, behind a unit: mg a gram of creatinine, U a millilitre of red cells */
const ANNOTATIONS: Readonly<Record<string, string>> = {
  креатинина: '{creat}',
  креат: '{creat}',
  creat: '{creat}',
  creatinine: '{creat}',
  гемоглобина: '{Hb}',
  Hb: '{Hb}',
  Hgb: '{Hb}',
  эритроцитов: '{RBC}',
  RBC: '{RBC}',
  лейкоцитов: '{WBC}',
  WBC: '{WBC}',
  клеток: '{cells}',
  cells: '{cells}',
  белка: '{protein}',
  protein: '{protein}',
}

/**
 * Strings that mean more than one thing, with every meaning; only the analyte or the maker's own range decides. A capital
 * `Г` or `Т` is giga and tera of cell counts, or a capitalised gram; a lone `c` may be Latin; units are of many kinds.
 */
export const AMBIGUOUS: ReadonlyMap<string, readonly string[]> = new Map([
  ['Г/л', ['g/L', '10*9/L']],
  ['Г/Л', ['g/L', '10*9/L']],
  ['G/L', ['10*9/L', 'g/L']],
  ['G/l', ['10*9/L', 'g/L']],
  ['Т/л', ['10*12/L']],
  ['Т/Л', ['10*12/L']],
  ['T/L', ['10*12/L']],
  ['T/l', ['10*12/L']],
  // an exponent that lost its height
  ['109/л', ['10*9/L']],
  ['109/L', ['10*9/L']],
  ['1012/л', ['10*12/L']],
  ['1012/L', ['10*12/L']],
  ['c', ['s']],
  ['C', ['Cel', 's']],
  ['С', ['Cel', 's']],
  ['м', ['m', 'min']],
  ['М', ['m', 'mol/L']],
  ['M', ['m', 'mol/L']],
  ['°', ['deg', 'Cel']],
  ['Ед', ['U', "[arb'U]", '[iU]', '1']],
  ['ед', ['U', "[arb'U]", '[iU]', '1']],
  ['ЕД', ['U', "[arb'U]", '[iU]', '1']],
  ['U', ['U', "[arb'U]", '[iU]']],
  ['unit', ['U', "[arb'U]", '[iU]', '1']],
  ['units', ['U', "[arb'U]", '[iU]', '1']],
  ['Е', ['U', "[arb'U]", '[iU]', '1']],
  ['мЕ/л', ['mU/L', 'm[iU]/L', '[iU]/L']],
  ['мЕ/мл', ['mU/mL', 'm[iU]/mL', '[iU]/mL']],
])

const CYRILLIC_PREFIXES: Readonly<Record<string, string>> = {
  G: 'Г',
  M: 'М',
  k: 'к',
  h: 'г',
  d: 'д',
  c: 'с',
  m: 'м',
  u: 'мк',
  n: 'н',
  p: 'п',
  f: 'ф',
  a: 'а',
}

/** what is taken from a spelling before it is looked up: blanks and full stops */
export const compact = (text: string): string => text.replaceAll(/[\s.]/g, '')

export const ANNOTATION_SPELLINGS: ReadonlyMap<string, string> = new Map(Object.entries(ANNOTATIONS))

export const PHRASES: ReadonlyMap<string, string> = new Map(
  rows(PHRASE_SPELLINGS).map((row) => row.split(/\s+/) as [string, string]),
)

/** spelling → UCUM of one factor, prefixes included */
export const WORDS: ReadonlyMap<string, string> = words()

/** the same without regard to case, where only one meaning is left */
export const FOLDED_WORDS: ReadonlyMap<string, string> = folded(WORDS)

function words(): Map<string, string> {
  const map = new Map<string, string>()
  for (const row of rows(ATOM_SPELLINGS)) {
    const [unit = '', prefixed = '', bare = ''] = row.split('|').map((cell) => cell.trim())
    for (const stem of prefixed.split(/\s+/).filter(Boolean)) {
      map.set(stem, unit)
      const cyrillic = /[А-яё]/.test(stem)
      for (const prefix of ATOMS.get(unit)?.prefixes ?? []) {
        map.set((cyrillic ? CYRILLIC_PREFIXES[prefix] : prefix) + stem, prefix + unit)
        if (prefix === 'u' && !cyrillic) for (const micro of ['µ', 'mc', 'mk']) map.set(micro + stem, prefix + unit)
      }
    }
    for (const spelling of bare.split(/\s+/).filter(Boolean)) map.set(spelling, unit)
  }
  return map
}

function folded(map: ReadonlyMap<string, string>): Map<string, string> {
  const meanings = new Map<string, Set<string>>()
  for (const [spelling, unit] of map) {
    const key = spelling.toLowerCase()
    meanings.set(key, (meanings.get(key) ?? new Set()).add(unit))
  }
  return new Map(
    [...meanings].filter(([, units]) => units.size === 1).map(([key, units]) => [key, [...units][0] ?? '']),
  )
}

function rows(table: string): string[] {
  return table
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
}
