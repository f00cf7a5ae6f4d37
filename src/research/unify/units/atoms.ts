/**
 * The unit atoms of medicine, after UCUM 2.1 (ucum.org): symbol, prefixes that are in use, definition. A dash: a base.
 * Two departures, both stricter than UCUM. `mol`, `eq`, `osm` and every arbitrary unit is a base of its own, so that
 * nothing turns an amount into a bare number or one arbitrary unit into another. And only the prefixes of practice are
 * there: `Mg/dL` is no megagram but a miswritten milligram, `PG` no petagauss.
 */
export interface Atom {
  readonly symbol: string
  readonly prefixes: readonly string[]
  /** number and UCUM expression; undefined for a base */
  readonly definition?: readonly [value: string, unit: string]
}

export const PREFIXES: Readonly<Record<string, number>> = {
  G: 9,
  M: 6,
  k: 3,
  h: 2,
  d: -1,
  c: -2,
  m: -3,
  u: -6,
  n: -9,
  p: -12,
  f: -15,
  a: -18,
}

const TABLE = `
  g          k,m,u,n,p,f      -
  m          k,d,c,m,u,n      -
  s          m,u,n            -
  K          m                -
  mol        k,m,u,n,p,f,a    -
  eq         m,u              -
  osm        m                -
  A          m,u,n            -
  L          d,c,m,u,n,p,f    1         dm3
  l          d,c,m,u,n,p,f    1         dm3
  min        .                60        s
  h          .                60        min
  d          .                24        h
  wk         .                7         d
  mo         .                30.4375   d
  a          .                365.25    d
  Hz         k,M,G            1         /s
  N          .                1000      g.m/s2
  Pa         k,h,m            1         N/m2
  J          k,m              1         N.m
  cal        k                4.184     J
  W          m                1         J/s
  V          m,u              1         W/A
  S          m,u              1         A/V
  bar        m                100       kPa
  atm        .                101325    Pa
  m[Hg]      m                133.322   kPa
  m[H2O]     c,m              9.80665   kPa
  Cel        .                1         K
  [degF]     .                1         K
  U          k,m,u,n          1         umol/min
  kat        m,u,n,p          1         mol/s
  10*        .                10        1
  %          .                1         10*-2
  [ppm]      .                1         10*-6
  [ppth]     .                1         10*-3
  [ppb]      .                1         10*-9
  St         c                1         cm2/s
  deg        .                -
  [pH]       .                -
  [iU]       k,m,u,n          -
  [IU]       k,m,u,n          1         [iU]
  [arb'U]    k,m,u            -
  [CFU]      .                -
  [PFU]      .                -
  [beth'U]   .                -
  [GPL'U]    .                -
  [MPL'U]    .                -
  [HPF]      .                -
  [LPF]      .                -
`

export const ATOMS: ReadonlyMap<string, Atom> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([symbol = '', prefixes = '', value = '-', unit = '1']) => [
      symbol,
      {
        symbol,
        prefixes: prefixes === '.' ? [] : prefixes.split(','),
        ...(value === '-' ? {} : { definition: [value, unit] as const }),
      },
    ]),
)
