/** On which side of the gate something is. The gate alone makes `de-identified` of `identified`; the archive takes nothing else. */
declare const zone: unique symbol

export interface Zoned<Zone extends 'identified' | 'de-identified'> {
  readonly [zone]?: Zone
}
