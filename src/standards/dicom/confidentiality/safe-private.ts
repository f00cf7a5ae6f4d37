/**
 * Private attributes that the standard calls safe (PS3.15 Table E.3.10-1): creator, group, elements (the last two digits).
 * Facts of the table in our own form.
 */
const TABLE = `
  7053 Philips PET Private Group: 00 09
  2001 Philips Imaging DD 001: 03 04
  2005 Philips MR Imaging DD 001: 0d 0e
  200d Philips US Imaging DD 023: 45
  200d Philips US Imaging DD 033: 00 01 02 03 04 05 06 07 08 0d 0f 10 11 14 21
  200d Philips US Imaging DD 034: 01 02 03 04 05 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 17 18 1b 1c 1d 1e 1f 20 21 22 23 24 25 26 27 28
  200d Philips US Imaging DD 035: 01 03 04 07 08 09 0a 0c 0d
  200d Philips US Imaging DD 036: 15 16 17 18 19 20
  200d Philips US Imaging DD 038: 01 02 03 04
  200d Philips US Imaging DD 039: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 15
  200d Philips US Imaging DD 040: 01 02 03 04 05 06 07 20
  200d Philips US Imaging DD 042: 15 16 20 30 31 40 50 51 52 53 54 55 56 57 58 59 5a 5b 5c 5d 5e 5f 60 70 71 72 73 74 75 76 77 78 8c
  200d Philips US Imaging DD 045: f1 f3 f4 f5 f6 f8 fa fb
  200d Philips US Imaging DD 046: 17
  200d Philips US Imaging DD 048: 01
  200d Philips US Imaging DD 065: 07
  200d Philips US Imaging DD 066: 00 01 03 04
  0019 SIEMENS MR HEADER: 0c 0d 0e 27
  00e1 ELSCINT1: 21
  01e1 ELSCINT1: 26 50
  01f1 ELSCINT1: 01 07 26 27
  0019 GEMS_ACQU_01: 23 24 27 9e
  0025 GEMS_SERS_01: 07
  0043 GEMS_PARM_01: 27 39 6f
  0045 GEMS_HELIOS_01: 01 02
  0045 GEMS_SENO_02: 06 1b 20 27 29 2a 2b 49 58 59 60 61 64 71 72 90 a0 a1 a2 a4 a7 a8
  0903 GEIIS PACS: 10 11 12
  7e01 HOLOGIC, Inc.: 01 02 10 11 12
  7f01 HOLOGIC, Inc.: 01 02 10 11 12
  0019 HOLOGIC, Inc.: 06 07 08 16 25 26 27 28 29 30 31 32 33 34 35 37 40 41 42 43 44 45 46 50 51 52 53 60 61 62 70 71 80 85 87 89 8a 90 97 98
  0019 LORAD Selenia: 06 07 08 16 26 27 28 29 30 31 32 33 34 35 37 40 41 50 51 52 53 60 70 71 80 90
  0099 NQHeader: 01 04 05 10 20 21
  0199 NQLeft: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16
  0299 NQRight: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16
`

/** A private attribute, whatever block its creator took: the group, the creator, the element inside the block. */
export interface PrivateAttribute {
  readonly creator: string
  readonly group: number
  /** 0x00–0xFF */
  readonly element: number
}

export const SAFE_PRIVATE: readonly PrivateAttribute[] = TABLE.trim()
  .split('\n')
  .flatMap((line) => {
    const [, group = '', creator = '', elements = ''] = /^ *([0-9a-f]{4}) (.+): (.+)$/.exec(line) ?? []
    return elements
      .split(' ')
      .map((element) => ({ creator, group: Number.parseInt(group, 16), element: Number.parseInt(element, 16) }))
  })
