/** A10: how the same names are read in the situations that devices leave: declared and written, rightly and wrongly. */
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encode, type Encoding } from '../../src/standards/character-sets/index.ts'
import { encodeDataSet, EXPLICIT_LITTLE_ENDIAN, writeFileMeta } from '../../src/standards/dicom/index.ts'
import type { Figures } from '../measure.ts'
import { emptied } from './peers.ts'
import { readsNames } from './own.ts'

const RIGHT = (encoding: Encoding) => (text: string) => Buffer.from(encode(text, encoding) ?? [])
/** read as Latin 1 and written in UTF-8 by somebody on the way */
const twice = (text: string) => Buffer.from(Buffer.from(text).toString('latin1'))
/** each word after the escape sequence of ISO-IR 144 (PS3.3 §C.12.1.1.2) */
const escaped = (text: string) =>
  Buffer.concat(
    text
      .split('^')
      .flatMap((word, at) => [Buffer.from(at ? '^' : ''), Buffer.from([0x1b, 0x2d, 0x4c]), RIGHT('iso-8859-5')(word)]),
  )

const SITUATIONS: readonly (readonly [declared: string, written: (text: string) => Buffer])[] = [
  ['ISO_IR 144', RIGHT('iso-8859-5')],
  ['ISO_IR 192', RIGHT('utf-8')],
  ['\\ISO 2022 IR 144', escaped],
  ['ISO_IR 100', RIGHT('windows-1251')],
  ['', RIGHT('windows-1251')],
  ['ISO 2022 IR 6\\IS', RIGHT('windows-1251')],
  ['ISO_IR 144', RIGHT('windows-1251')],
  ['ISO_IR 192', RIGHT('windows-1251')],
  ['ISO_IR 100', RIGHT('utf-8')],
  ['', RIGHT('koi8-r')],
  ['', RIGHT('ibm866')],
  ['ISO_IR 192', twice],
]
const NAME = 'Горностаев^Прокопий^Лукьянович'
const TEXTS = {
  0x00080080: 'Городская больница',
  0x00081030: 'КТ головного мозга',
  0x00104000: 'Пациент доставлен бригадой',
}
const CT = '1.2.840.10008.5.1.4.1.1.2'

/** reads a name per line of paths; a failure is an empty line */
const PYDICOM = `
import sys, pydicom
for path in sys.stdin.read().splitlines():
    try: print(str(pydicom.dcmread(path).PatientName))
    except Exception: print('')
`

export function names(work: string, figures: Figures): void {
  const folder = emptied(join(work, 'names'))
  const truths = new Map<string, string>()
  for (const [index, [declared, written]] of SITUATIONS.entries()) {
    const file = `n${index}.dcm`
    const elements = [
      ...(declared ? [{ tag: 0x00080005, vr: 'CS', value: declared } as const] : []),
      { tag: 0x00080016, vr: 'UI', value: CT } as const,
      { tag: 0x00080018, vr: 'UI', value: `1.2.3.${index}` } as const,
      { tag: 0x00080080, vr: 'LO', value: written(TEXTS[0x00080080]) } as const,
      { tag: 0x00081030, vr: 'LO', value: written(TEXTS[0x00081030]) } as const,
      { tag: 0x00100010, vr: 'PN', value: written(NAME) } as const,
      { tag: 0x00100020, vr: 'LO', value: '1' } as const,
      { tag: 0x00104000, vr: 'LT', value: written(TEXTS[0x00104000]) } as const,
      { tag: 0x0020000d, vr: 'UI', value: '1.2.3.1' } as const,
      { tag: 0x0020000e, vr: 'UI', value: '1.2.3.2' } as const,
    ]
    const meta = writeFileMeta({
      transferSyntaxUID: EXPLICIT_LITTLE_ENDIAN.uid,
      mediaStorageSOPClassUID: CT,
      mediaStorageSOPInstanceUID: `1.2.3.${index}`,
    })
    writeFileSync(join(folder, file), Buffer.concat([meta, encodeDataSet(elements, EXPLICIT_LITTLE_ENDIAN)]))
    truths.set(file, NAME)
  }
  const add = (target: string, right: number) =>
    figures.add('situations of text', target, 'A10 names read right', right)
  figures.add('situations of text', 'Sluice', 'A10 situations', SITUATIONS.length)
  add('Sluice', readsNames(folder, truths))
  const paths = [...truths.keys()].map((file) => join(folder, file))
  const read = spawnSync('/usr/bin/python3', ['-c', PYDICOM], { input: paths.join('\n'), encoding: 'utf8' }).stdout
  add('pydicom', read.split('\n').filter((line) => line === NAME).length)
  if (!existsSync('/usr/bin/dcmdump')) return
  add(
    'dcmdump',
    paths.filter((path) => {
      const { stdout } = spawnSync('dcmdump', ['-q', '+U8', '+L', '+P', 'PatientName', path], { encoding: 'utf8' })
      return /\[(.*?)\]/.exec(stdout)?.[1] === NAME
    }).length,
  )
}
