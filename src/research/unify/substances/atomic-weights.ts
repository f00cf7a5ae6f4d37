/**
 * Standard atomic weights, IUPAC 2021 (Pure Appl. Chem. 94(5), 573–600, conventional values where an interval is given):
 * the elements that occur in analytes.
 */
export const ATOMIC_WEIGHTS: Readonly<Record<string, string>> = {
  H: '1.008',
  Li: '6.94',
  C: '12.011',
  N: '14.007',
  O: '15.999',
  F: '18.998',
  Na: '22.990',
  Mg: '24.305',
  Al: '26.982',
  P: '30.974',
  S: '32.06',
  Cl: '35.45',
  K: '39.098',
  Ca: '40.078',
  Fe: '55.845',
  Co: '58.933',
  Cu: '63.546',
  Zn: '65.38',
  Se: '78.971',
  I: '126.90',
  Pb: '207.2',
}
