/** Hostile and broken files, made byte by byte: each with what it is and what becomes of it at the gate. */
import { deflateRawSync } from 'node:zlib'

/** whom nobody may read about: in the name, the number and wherever a case puts it */
export const CANARY = 'SIDOROVCANARY'
export const CANARY_ID = 'MRN7731899'

export interface HostileFile {
  /** of the list of classes: F1 preambles … F34 */
  readonly group: string
  readonly what: string
  readonly bytes: Buffer
  /** 'cleared', or the code of the refusal */
  readonly becomes: string
}

type Elements = Readonly<Record<string, Buffer>>
const LONG = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'SQ', 'UN', 'UC', 'UR', 'UT', 'SV', 'UV'])
const u16 = (value: number) => Buffer.from([value & 255, (value >> 8) & 255])
const u32 = (value: number) =>
  Buffer.from([value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value >>> 24) & 255])
const tagBytes = (key: string) =>
  Buffer.concat([u16(Number.parseInt(key.slice(0, 4), 16)), u16(Number.parseInt(key.slice(4), 16))])
const even = (bytes: Buffer, pad = 0x20) => (bytes.length % 2 ? Buffer.concat([bytes, Buffer.from([pad])]) : bytes)

/** An explicit little endian element; `length` lies about it. */
export function el(key: string, vr: string, value: string | Buffer, length?: number): Buffer {
  const bytes = typeof value === 'string' ? even(Buffer.from(value), vr === 'UI' ? 0 : 0x20) : value
  const said = length ?? bytes.length
  return Buffer.concat([
    tagBytes(key),
    Buffer.from(vr.padEnd(2).slice(0, 2), 'latin1'),
    LONG.has(vr) ? Buffer.concat([u16(0), u32(said)]) : u16(said),
    bytes,
  ])
}
const item = (bytes: Buffer, length = bytes.length) => Buffer.concat([tagBytes('fffee000'), u32(length), bytes])
const ITEM_END = Buffer.concat([tagBytes('fffee00d'), u32(0)])
const SEQUENCE_END = Buffer.concat([tagBytes('fffee0dd'), u32(0)])
const implicit = (key: string, value: string | Buffer, length?: number) => {
  const bytes = typeof value === 'string' ? even(Buffer.from(value)) : value
  return Buffer.concat([tagBytes(key), u32(length ?? bytes.length), bytes])
}

const CT = '1.2.840.10008.5.1.4.1.1.2'
const EXPLICIT = '1.2.840.10008.1.2.1'
const base: Elements = {
  '00080005': el('00080005', 'CS', 'ISO_IR 192'),
  '00080016': el('00080016', 'UI', CT),
  '00080018': el('00080018', 'UI', '1.2.3.4.1'),
  '00080060': el('00080060', 'CS', 'CT'),
  '00100010': el('00100010', 'PN', `${CANARY}^ANNA`),
  '00100020': el('00100020', 'LO', CANARY_ID),
  '0020000d': el('0020000d', 'UI', '1.2.3.4.2'),
  '0020000e': el('0020000e', 'UI', '1.2.3.4.3'),
  '00280002': el('00280002', 'US', u16(1)),
  '00280004': el('00280004', 'CS', 'MONOCHROME2'),
  '00280010': el('00280010', 'US', u16(2)),
  '00280011': el('00280011', 'US', u16(2)),
  '00280100': el('00280100', 'US', u16(16)),
  '00280101': el('00280101', 'US', u16(16)),
  '00280102': el('00280102', 'US', u16(15)),
  '00280103': el('00280103', 'US', u16(0)),
  '7fe00010': el('7fe00010', 'OW', Buffer.alloc(8, 1)),
}
const meta = (syntax: string | Buffer = EXPLICIT, more: Buffer = Buffer.alloc(0), length?: number) => {
  const body = Buffer.concat([
    el('00020001', 'OB', Buffer.from([0, 1])),
    el('00020002', 'UI', CT),
    el('00020003', 'UI', '1.2.3.4.1'),
    el('00020010', 'UI', syntax),
    more,
  ])
  return Buffer.concat([el('00020000', 'UL', u32(length ?? body.length)), body])
}
const PREAMBLE = Buffer.alloc(128)
const wrap = (body: Buffer, head = meta(), preamble = PREAMBLE) =>
  Buffer.concat([preamble, Buffer.from('DICM'), head, body])
/** the ordinary file with elements changed or added, in the order of their tags */
const body = (changes: Elements = {}, without: readonly string[] = []) =>
  Buffer.concat(
    Object.entries({ ...base, ...changes })
      .filter(([key]) => !without.includes(key))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, bytes]) => bytes),
  )
const file = (changes: Elements = {}, without: readonly string[] = []) => wrap(body(changes, without))
const one = (key: string, vr: string, value: string | Buffer, length?: number) =>
  file({ [key]: el(key, vr, value, length) })
const appended = (...more: Buffer[]) => Buffer.concat([file(), ...more])
const nested = (depth: number, undefinedLength: boolean): Buffer => {
  if (undefinedLength) {
    const opening = Buffer.concat([el('00081140', 'SQ', '', 0xffffffff), item(Buffer.alloc(0), 0xffffffff)])
    const closing = Buffer.concat([ITEM_END, SEQUENCE_END])
    return Buffer.concat([...Array<Buffer>(depth).fill(opening), ...Array<Buffer>(depth).fill(closing)])
  }
  // heads from the inside out: what a head announces is what stands behind it
  const heads: Buffer[] = []
  let length = 0
  for (let level = 0; level < depth; level++) {
    heads.push(Buffer.concat([el('00081140', 'SQ', '', length + 8), item(Buffer.alloc(0), length)]))
    length += 20
  }
  return Buffer.concat(heads.reverse())
}
const encapsulated = (...fragments: Buffer[]) =>
  wrap(
    Buffer.concat([body({}, ['7fe00010']), el('7fe00010', 'OB', Buffer.alloc(0), 0xffffffff), ...fragments]),
    meta('1.2.840.10008.1.2.4.70'),
  )
const deflated = (bytes: Buffer) => wrap(bytes, meta('1.2.840.10008.1.2.1.99'))
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xda, 1, 2, 0xff, 0xd9])

function* cases(): Generator<readonly [group: string, what: string, bytes: Buffer, becomes: string]> {
  const put = (text: string) => Buffer.concat([Buffer.from(text, 'latin1'), PREAMBLE]).subarray(0, 128)
  for (const preamble of [
    'MZ\x90',
    '\x7fELF',
    '\xfe\xed\xfa\xce',
    '#!/bin/sh\n',
    '<script>alert(1)',
    '{"a":1}',
    '\xff'.repeat(128),
    'II*\0',
    'MM\0*',
  ])
    yield ['F1', `preamble ${JSON.stringify(preamble.slice(0, 9))}`, wrap(body(), meta(), put(preamble)), 'cleared']

  for (const length of [0, 4, 4000, 0xffffffff])
    yield ['F2', `group length ${length}`, wrap(body(), meta(EXPLICIT, Buffer.alloc(0), length)), 'cleared']
  yield [
    'F2',
    'no transfer syntax',
    wrap(body(), Buffer.concat([el('00020000', 'UL', u32(0)), el('00020002', 'UI', CT)])),
    'transfer-syntax-unknown',
  ]
  yield [
    'F2',
    'transfer syntax twice',
    wrap(body(), meta(EXPLICIT, el('00020010', 'UI', '1.2.840.10008.1.2'))),
    'malformed',
  ]
  yield [
    'F2',
    'group 0002 in big endian',
    wrap(body(), Buffer.from('0002000055 4c0004000000 1a'.replace(/ /g, ''), 'hex')),
    'transfer-syntax-unknown',
  ]

  yield ['F3', 'no preamble, no meta', body(), 'not-dicom']
  yield ['F3', 'DICM at 0', Buffer.concat([Buffer.from('DICM'), meta(), body()]), 'not-dicom']
  yield ['F3', 'empty file', Buffer.alloc(0), 'not-dicom']

  yield ['F4', 'unknown transfer syntax', wrap(body(), meta('1.2.3.4.5')), 'transfer-syntax-unknown']
  yield ['F4', 'private GE transfer syntax', wrap(body(), meta('1.2.840.113619.5.2')), 'transfer-syntax-unknown']
  yield ['F4', 'transfer syntax with a trailing space', wrap(body(), meta(Buffer.from(`${EXPLICIT} `))), 'cleared']
  yield ['F4', 'explicit data under implicit', wrap(body(), meta('1.2.840.10008.1.2')), 'truncated']
  yield [
    'F4',
    'implicit data under explicit',
    wrap(Buffer.concat([implicit('00080016', CT), implicit('00080018', '1.2.3')])),
    'malformed',
  ]
  yield ['F4', 'little endian data under big endian', wrap(body(), meta('1.2.840.10008.1.2.2')), 'truncated']

  for (const length of [0xfffffffe, 0x7fffffff, 101, 4_294_967_295 - 2])
    yield [
      'F5',
      `UT of ${length} bytes announced`,
      Buffer.concat([file({}, ['7fe00010']), el('7fdf0010', 'UT', CANARY, length)]),
      'truncated',
    ]
  yield ['F5', 'undefined length on UT', appended(el('7fe10010', 'UT', '', 0xffffffff)), 'malformed']
  yield ['F5', 'odd length', one('00204000', 'LT', Buffer.from('abc')), 'cleared']
  yield ['F6', '65535 bytes of LO at the end', appended(el('7fe10010', 'LO', CANARY, 65_535)), 'truncated']
  for (const vr of ['??', '\0\0', '--', 'lo', 'ZZ'])
    yield ['F6', `VR ${JSON.stringify(vr)}`, one('00204000', vr, CANARY), 'malformed']

  yield ['F7', 'tags in reverse', wrap(Buffer.concat(Object.values(base).reverse())), 'malformed']
  yield ['F7', 'a tag twice', wrap(Buffer.concat([body({}, ['7fe00010']), base['00280103'] as Buffer])), 'malformed']
  yield ['F7', 'group 0000 in a data set', file({ '00000010': el('00000010', 'LO', CANARY) }), 'cleared']
  yield ['F7', 'group FFFF', file({ ffff0010: el('ffff0010', 'LO', CANARY) }), 'cleared']
  yield ['F7', 'item delimiter at the top', appended(ITEM_END), 'malformed']
  yield [
    'F7',
    'item delimiter with a length',
    file({
      '00081140': Buffer.concat([
        el('00081140', 'SQ', '', 0xffffffff),
        item(Buffer.alloc(0), 0xffffffff),
        tagBytes('fffee00d'),
        u32(4),
        u32(0),
        SEQUENCE_END,
      ]),
    }),
    'malformed',
  ]
  yield [
    'F8',
    'a hundred thousand odd elements in group 0002',
    wrap(
      body(),
      meta(EXPLICIT, Buffer.concat(Array.from({ length: 100_000 }, () => el('00020102', 'OB', Buffer.alloc(2))))),
    ),
    'malformed',
  ]

  const inside = el('00081150', 'UI', '1.2.3')
  for (const [what, bytes] of Object.entries({
    'sequence shorter than its item': el('00081140', 'SQ', item(inside), 6),
    'sequence longer than its items': el('00081140', 'SQ', item(inside), 8 + inside.length + 5),
    'item longer than its sequence': el('00081140', 'SQ', item(inside, inside.length + 100)),
    'item shorter than its element': el('00081140', 'SQ', item(inside, inside.length - 2)),
    'an element where an item should be': el('00081140', 'SQ', inside),
    'no sequence delimiter': Buffer.concat([el('00081140', 'SQ', '', 0xffffffff), item(inside)]),
  }))
    yield ['F9', what, file({ '00081140': bytes }), 'malformed']
  for (const depth of [65, 100, 250, 2000, 50_000]) {
    yield ['F10', `${depth} levels of undefined length`, file({ '00081140': nested(depth, true) }), 'limit-exceeded']
    yield ['F10', `${depth} levels of defined length`, file({ '00081140': nested(depth, false) }), 'limit-exceeded']
  }
  yield [
    'F11',
    'a million empty items',
    file({
      '00081140': el('00081140', 'SQ', Buffer.concat([...Array<Buffer>(1_000_001).fill(item(Buffer.alloc(0)))])),
    }),
    'limit-exceeded',
  ]

  yield [
    'F12',
    'UN of undefined length is implicit inside (CP-246)',
    file({
      '00091010': Buffer.concat([
        el('00090010', 'LO', 'MAKER'),
        el('00091010', 'UN', '', 0xffffffff),
        item(implicit('00100010', CANARY)),
        SEQUENCE_END,
      ]),
    }),
    'cleared',
  ]
  yield [
    'F12',
    'a private sequence in implicit',
    wrap(
      Buffer.concat([
        implicit('00080016', CT),
        implicit('00080018', '1.2.3.1'),
        implicit('00090010', 'MAKER'),
        implicit('00091010', Buffer.concat([item(implicit('00100010', CANARY)), SEQUENCE_END]), 0xffffffff),
        implicit('00100010', CANARY),
        implicit('0020000d', '1.2.3.2'),
        implicit('0020000e', '1.2.3.3'),
      ]),
      meta('1.2.840.10008.1.2'),
    ),
    'cleared',
  ]
  yield [
    'F13',
    'a reference to itself',
    file({
      '00081140': el(
        '00081140',
        'SQ',
        item(Buffer.concat([el('00081150', 'UI', CT), el('00081155', 'UI', '1.2.3.4.1')])),
      ),
    }),
    'cleared',
  ]

  yield ['F14', 'a deflated data set', deflated(deflateRawSync(body())), 'cleared']
  yield [
    'F14',
    'a bomb of 1000 : 1',
    deflated(deflateRawSync(Buffer.concat([body({}, ['7fe00010']), el('7fe00010', 'OW', Buffer.alloc(40_000_000))]))),
    'limit-exceeded',
  ]
  yield ['F14', 'deflated and cut off', deflated(deflateRawSync(body()).subarray(0, -20)), 'malformed']
  yield ['F14', 'garbage for a deflated data set', deflated(Buffer.from('garbage'.repeat(40))), 'malformed']

  const maker = el('00090010', 'LO', 'MAKER')
  for (const [what, bytes] of Object.entries({
    'without a creator': el('00091010', 'LO', CANARY),
    'under a creator of another block': Buffer.concat([maker, el('00091110', 'LO', CANARY)]),
    'in block FF': Buffer.concat([el('000900ff', 'LO', 'MAKER'), el('0009ff10', 'LO', CANARY)]),
    'below 0010': el('00090001', 'LO', CANARY),
    'under one creator twice': Buffer.concat([
      maker,
      el('00090011', 'LO', 'MAKER'),
      el('00091010', 'LO', CANARY),
      el('00091110', 'LO', CANARY),
    ]),
    'whose creator is a name': el('00090010', 'LO', CANARY),
  }))
    yield ['F15', `a private element ${what}`, file({ '00090010': bytes }), 'cleared']

  const utf8 = Buffer.from('Щукин^Пётр')
  const named = (set: string, name: Buffer) =>
    file({ '00080005': el('00080005', 'CS', set), '00100010': el('00100010', 'PN', even(name)) })
  yield ['F16', 'an unknown character set', named('ISO_IR 999', utf8), 'cleared']
  yield ['F16', 'twenty character sets', named(Array<string>(20).fill('ISO 2022 IR 87').join('\\'), utf8), 'cleared']
  yield ['F16', 'an unbalanced escape', named('ISO 2022 IR 6\\ISO 2022 IR 87', Buffer.from('\x1b$BABC')), 'cleared']
  yield ['F16', 'GB18030', named('GB18030', Buffer.from([0xc0, 0xee, 0x5e, 0xcb, 0xc4])), 'cleared']
  yield [
    'F16',
    'invalid UTF-8',
    named('ISO_IR 192', Buffer.from([0xc0, 0xaf, 0xed, 0xa0, 0x80, 0xff, 0xfe, 0x41])),
    'cleared',
  ]
  yield ['F16', 'NUL in a name', named('ISO_IR 192', Buffer.from('A\0B^\0C')), 'cleared']
  yield ['F17', 'a name of five groups', one('00100010', 'PN', `${CANARY}=a=b=c=d`), 'cleared']
  yield [
    'F17',
    'a name with a right-to-left override, escapes and line breaks',
    one('00100010', 'PN', '\u202eANNA\x1b[31m\r\n^X'),
    'cleared',
  ]
  yield ['F17', 'a name of 64 kB', one('00100010', 'PN', CANARY.repeat(4900)), 'cleared']
  for (const date of ['00000000', '20240231', '99999999', '00010101', 'YESTERDAY', '20200101-20210101'])
    yield ['F18', `date ${date}`, one('00080020', 'DA', date), 'cleared']
  for (const time of ['235960', '99', 'noon', '250000.1234567'])
    yield ['F18', `time ${time}`, one('00080030', 'TM', time), 'cleared']
  for (const number of ['1e309', 'NaN', '1,5', '12345678901234567890', '--1', 'INF']) {
    yield ['F19', `DS ${number}`, one('00280030', 'DS', number), 'cleared']
    yield ['F19', `IS ${number}`, one('00200013', 'IS', number), 'cleared']
  }
  yield ['F20', 'AT of 6 bytes', one('00280009', 'AT', Buffer.alloc(6)), 'cleared']
  yield ['F20', 'FD of 4 bytes', one('00189073', 'FD', Buffer.alloc(4)), 'cleared']
  yield ['F20', 'UV of 12 bytes', one('00080306', 'UV', Buffer.alloc(12)), 'cleared']

  // what is inside is no JPEG that ends: where its text segments end, nobody can say
  yield ['F21', 'an empty offset table', encapsulated(item(Buffer.alloc(0)), item(JPEG), SEQUENCE_END), 'malformed']
  yield [
    'F21',
    'an offset table past the end, not sorted',
    encapsulated(item(Buffer.concat([u32(9_999_999), u32(3)])), item(JPEG), SEQUENCE_END),
    'malformed',
  ]
  yield [
    'F21',
    'a fragment of undefined length',
    encapsulated(item(Buffer.alloc(0)), item(JPEG, 0xffffffff), SEQUENCE_END),
    'malformed',
  ]
  yield ['F21', 'a fragment longer than the file', encapsulated(item(Buffer.alloc(0)), item(JPEG, 5000)), 'truncated']
  yield ['F21', 'no delimiter', encapsulated(item(Buffer.alloc(0)), item(JPEG)), 'truncated']
  yield [
    'F21',
    'a delimiter inside a fragment',
    encapsulated(item(Buffer.alloc(0)), item(Buffer.concat([JPEG, SEQUENCE_END])), SEQUENCE_END),
    'malformed',
  ]
  yield [
    'F21',
    'a fragment of no bytes',
    encapsulated(item(Buffer.alloc(0)), item(Buffer.alloc(0)), SEQUENCE_END),
    'cleared',
  ]
  for (const frames of ['0', '-1', '2147483648', '7'])
    yield ['F22', `${frames} frames`, one('00280008', 'IS', frames), 'cleared']
  yield [
    'F23',
    'a JPEG cut off',
    encapsulated(item(Buffer.alloc(0)), item(JPEG.subarray(0, 4)), SEQUENCE_END),
    'malformed',
  ]
  yield [
    'F24',
    'RLE with an escape at the end',
    wrap(
      Buffer.concat([
        body({}, ['7fe00010']),
        el('7fe00010', 'OB', Buffer.alloc(0), 0xffffffff),
        item(Buffer.alloc(0)),
        item(Buffer.alloc(64, 0x81)),
        SEQUENCE_END,
      ]),
      meta('1.2.840.10008.1.2.5'),
    ),
    'cleared',
  ]
  for (const [what, key, vr, value] of [
    ['Rows as UL', '00280010', 'UL', u32(512)],
    ['65535 rows', '00280010', 'US', u16(65_535)],
    ['46341 rows', '00280010', 'US', u16(46_341)],
    ['no rows', '00280010', 'US', u16(0)],
    ['255 samples a pixel', '00280002', 'US', u16(255)],
    ['64 bits allocated', '00280100', 'US', u16(64)],
    ['more bits stored than allocated', '00280101', 'US', u16(32)],
  ] as const)
    yield ['F25', what, one(key, vr, value), 'cleared']
  yield [
    'F26',
    'a palette of no entries',
    one('00281101', 'US', Buffer.concat([u16(0), u16(0xffff), u16(16)])),
    'cleared',
  ]
  yield [
    'F27',
    'an overlay with burned-in text',
    file({ '60000010': el('60000010', 'US', u16(8)), '60003000': el('60003000', 'OW', Buffer.from(CANARY + '.')) }),
    'cleared',
  ]
  yield [
    'F27',
    'an overlay in the last group',
    file({ '60ff3000': el('60ff3000', 'OW', Buffer.from(CANARY + '.')) }),
    'cleared',
  ]
  yield [
    'F28',
    'a PDF with JavaScript',
    file({
      '00080016': el('00080016', 'UI', '1.2.840.10008.5.1.4.1.1.104.1'),
      '00420011': el('00420011', 'OB', Buffer.from(`%PDF /JS(app.alert) ${CANARY} `)),
    }),
    'not-deidentified',
  ]

  for (const uid of [
    '../../x',
    '/etc/cron.d/x',
    '..\\..\\x',
    'C:',
    'CON',
    '1'.repeat(300),
    '1.02.3',
    ';rm -rf',
    '$(id)',
    '`id`',
    '1.2\n3',
    '1..2',
  ])
    yield [
      'F30',
      `SOP Instance UID ${JSON.stringify(uid).slice(0, 20)}`,
      one('00080018', 'UI', uid),
      // digits and dots that are no UID are mapped as any: what leaves is one, and names the file
      uid.length < 100 && /^[\d.]*$/.test(uid.split('\\')[0] ?? '') ? 'cleared' : 'not-a-uid',
    ]
  yield ['F30', 'an empty Study Instance UID', one('0020000d', 'UI', ''), 'identifiers-missing']
  for (const id of ['../../x', '/etc/cron.d/x', '$(id)', 'CON', 'a\nb'])
    yield ['F31', `Patient ID ${JSON.stringify(id)}`, one('00100020', 'LO', id), 'cleared']
  yield [
    'F32',
    'a DICOMDIR that points outside',
    wrap(el('00041220', 'SQ', item(el('00041500', 'CS', '..\\..\\ETC\\PASSWD')))),
    'identifiers-missing',
  ]
}

/** Every case, in the order of the classes. */
export const hostileFiles = (): readonly HostileFile[] =>
  [...cases()].map(([group, what, bytes, becomes]) => ({ group, what, bytes, becomes }))

/** The head of a file whose private element of `sizeBytes` is still to come: what is larger than memory is not made here. */
export const headOfHuge = (sizeBytes: number): Buffer =>
  Buffer.concat([
    file({ '00090010': Buffer.concat([el('00090010', 'LO', 'MAKER')]) }, ['7fe00010']),
    el('7fe10010', 'LO', 'MAKER'),
    el('7fe11010', 'OB', Buffer.alloc(0), sizeBytes),
  ])

/** the ordinary file they are made from */
export const ordinaryFile = (): Buffer => file()
