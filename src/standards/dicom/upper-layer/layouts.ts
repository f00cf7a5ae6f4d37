/** PDU and item layouts of PS3.8 §9.3 and Annex D, PS3.7 Annex D.3.3, as rows: one reader and one writer walk them. */
export interface Field {
  readonly name: string
  /** bytes; `rest`: up to the end of the item */
  readonly length: number | 'rest'
  /** AE titles keep their 16 bytes as text; `reserved` is written as zero and not looked at (PS3.8 §9.3.1) */
  readonly as: 'uint' | 'text' | 'bytes' | 'reserved' | 'items'
}

const rows = (text: string): readonly Field[] =>
  text
    .trim()
    .split('\n')
    .map((row) => {
      const [length = '', as = '', name = ''] = row.trim().split(/\s+/)
      return { name, length: length === 'rest' ? 'rest' : Number(length), as: as as Field['as'] }
    })

export const PDU_TYPES = {
  0x01: 'A-ASSOCIATE-RQ',
  0x02: 'A-ASSOCIATE-AC',
  0x03: 'A-ASSOCIATE-RJ',
  0x04: 'P-DATA-TF',
  0x05: 'A-RELEASE-RQ',
  0x06: 'A-RELEASE-RP',
  0x07: 'A-ABORT',
} as const

export type PduName = (typeof PDU_TYPES)[keyof typeof PDU_TYPES]

const ASSOCIATE = rows(`
  2     uint      protocolVersion
  2     reserved  -
  16    text      calledAETitle
  16    text      callingAETitle
  32    reserved  -
  rest  items     items
`)

/** behind the six bytes of type, reserved and length */
export const PDU_LAYOUTS: Readonly<Partial<Record<PduName, readonly Field[]>>> = {
  'A-ASSOCIATE-RQ': ASSOCIATE,
  'A-ASSOCIATE-AC': ASSOCIATE,
  'A-ASSOCIATE-RJ': rows(`
    1  reserved  -
    1  uint      result
    1  uint      source
    1  uint      reason
  `),
  'A-RELEASE-RQ': rows(`
    4  reserved  -
  `),
  'A-RELEASE-RP': rows(`
    4  reserved  -
  `),
  'A-ABORT': rows(`
    2  reserved  -
    1  uint      source
    1  uint      reason
  `),
}

/** behind the four bytes of type, reserved and length; items that are not here are kept as bytes */
export const ITEM_LAYOUTS: Readonly<Record<number, readonly Field[]>> = {
  0x10: rows(`rest text applicationContextName`),
  0x20: rows(`
    1     uint      presentationContextID
    3     reserved  -
    rest  items     items
  `),
  0x21: rows(`
    1     uint      presentationContextID
    1     reserved  -
    1     uint      result
    1     reserved  -
    rest  items     items
  `),
  0x30: rows(`rest text abstractSyntaxName`),
  0x40: rows(`rest text transferSyntaxName`),
  0x50: rows(`rest items items`),
  0x51: rows(`4 uint maximumLength`),
  0x52: rows(`rest text implementationClassUID`),
  0x53: rows(`
    2  uint  maximumNumberOperationsInvoked
    2  uint  maximumNumberOperationsPerformed
  `),
  0x55: rows(`rest text implementationVersionName`),
}
