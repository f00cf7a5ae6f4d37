/**
 * Text as Specific Character Set declares it (PS3.3 §C.12.1.1.2, PS3.5 §6.1). What a device really wrote may be another
 * matter; that is for unification to find out.
 */

/** defined term → the label that TextDecoder knows; single-byte sets, and multi-byte ones without code extensions */
const LABELS: Readonly<Record<string, string>> = {
  '': 'windows-1252',
  'ISO_IR 6': 'windows-1252',
  'ISO_IR 100': 'windows-1252',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'iso-8859-9',
  'ISO_IR 203': 'iso-8859-15',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
}

/** escape sequence (PS3.3 Tables C.12-3, C.12-4) → label, and whether its codes come with the high bit clear */
const ESCAPES: readonly (readonly [sequence: string, label: string])[] = [
  ['(B', 'windows-1252'],
  ['-A', 'windows-1252'],
  ['-B', 'iso-8859-2'],
  ['-C', 'iso-8859-3'],
  ['-D', 'iso-8859-4'],
  ['-L', 'iso-8859-5'],
  ['-G', 'iso-8859-6'],
  ['-F', 'iso-8859-7'],
  ['-H', 'iso-8859-8'],
  ['-M', 'iso-8859-9'],
  ['-T', 'windows-874'],
  [')I', 'shift_jis'],
  ['(J', 'shift_jis'],
  ['$B', 'iso-2022-jp'],
  ['$(D', 'iso-2022-jp-2'],
  ['$)C', 'euc-kr'],
  ['$)A', 'gbk'],
]

const ESC = 0x1b

/**
 * @param characterSets the values of (0008,0005); none: the default repertoire
 * @returns a function from bytes to text; bytes that the set does not know become U+FFFD, nothing throws
 */
export function decoderOf(characterSets: readonly string[]): (bytes: Uint8Array) => string {
  const first = characterSets[0] ?? ''
  const label = LABELS[first] ?? LABELS[first.replace(/^ISO 2022 IR /, 'ISO_IR ')] ?? 'windows-1252'
  const extended = characterSets.length > 1 || first.startsWith('ISO 2022')
  return (bytes) => (extended && bytes.includes(ESC) ? decodeRuns(bytes, label) : decoder(label).decode(bytes))
}

function decodeRuns(bytes: Uint8Array, initial: string): string {
  let label = initial
  let textSoFar = ''
  let from = 0
  while (from < bytes.length) {
    const next = bytes.indexOf(ESC, from)
    const end = next < 0 ? bytes.length : next
    textSoFar += decodeRun(bytes.subarray(from, end), label)
    if (next < 0) break
    const ahead = String.fromCharCode(...bytes.subarray(next + 1, next + 5))
    const escape = ESCAPES.find(([sequence]) => ahead.startsWith(sequence))
    label = escape ? escape[1] : label
    from = next + 1 + (escape ? escape[0].length : 1)
  }
  return textSoFar
}

function decodeRun(bytes: Uint8Array, label: string): string {
  // the 94 × 94 sets of Japan stand in seven bits here; EUC-JP is the same with the high bit set
  if (label === 'iso-2022-jp') return decoder('euc-jp').decode(bytes.map((byte) => (byte > 0x20 ? byte | 0x80 : byte)))
  if (label === 'iso-2022-jp-2') {
    const codes: number[] = []
    for (const byte of bytes) codes.push(...(codes.length % 3 === 0 ? [0x8f, byte | 0x80] : [byte | 0x80]))
    return decoder('euc-jp').decode(Uint8Array.from(codes))
  }
  return decoder(label).decode(bytes)
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>()
function decoder(label: string): InstanceType<typeof TextDecoder> {
  const known = decoders.get(label)
  if (known) return known
  const made = new TextDecoder(label)
  decoders.set(label, made)
  return made
}
