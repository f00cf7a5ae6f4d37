/**
 * Text on pictures: images a second of one core at 512², through the whole stage (decode, find places, read, decide, blank,
 * look again). The core's time is counted, of the gate and of the reader's children, not the clock's: tesseract is the engine.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { pixelStage, tesseract } from '../src/deidentify/index.ts'
import { memorySource, openDataSet } from '../src/standards/dicom/index.ts'
import { imageFile, picture, write, type Canvas } from '../test/burned-in.ts'
import { head, radiograph, section, SIDE, ultrasound } from '../test/grainy.ts'
import { Figures, result, type Options, type Result } from './measure.ts'

const CONTEXT = {
  names: ['Гаврильченко^Евдокия^Саввишна'],
  identifiers: ['73-115904'],
  places: [],
  dates: [],
  uids: [],
}
const ON = { cleanPixelData: true, cleanRecognizableVisualFeatures: false }
const TICKS_A_SECOND = 100
const PICTURES: readonly (readonly [name: string, make: (number: number) => Canvas])[] = [
  ['', () => picture(SIDE, SIDE)],
  [', speckle', (number) => ultrasound(number)],
  [', deep speckle', (number) => ultrasound(number, 2.5)],
  [', grainy section', section],
  [', grainy head', head],
  [', grainy radiograph', radiograph],
]
const WORKLOADS = PICTURES.flatMap(([name, make]) => [
  { workload: `512²${name}, no text`, make, hasText: false },
  { workload: `512²${name}, two burned-in lines`, make, hasText: true },
])
const GOAL = 5

export async function run(options: Options): Promise<readonly Result[]> {
  const count = options.quick ? 8 : 32
  const figures = new Figures()
  for (let round = 0; round < options.rounds; round++)
    for (const { workload, make, hasText } of WORKLOADS) {
      const files = Array.from({ length: count }, (_, number) => file(make(number + 1), hasText))
      const instances = files.map((bytes) => openDataSet(memorySource(bytes)))
      const stage = pixelStage({ reader: tesseract() })
      const before = coreSeconds()
      await Promise.all(instances.map((instance) => stage.decide(instance, CONTEXT, ON)))
      figures.add(workload, 'sluice with tesseract', 'images/s of a core', count / (coreSeconds() - before))
    }
  const engine = execFileSync('tesseract', ['--version'], { encoding: 'utf8' }).split('\n')[0] ?? ''
  const goal = `at least ${GOAL} images a second of a core, ${engine}, Russian and English`
  const targets = WORKLOADS.map(({ workload }) => {
    const measured = figures.rows.find((row) => row.workload === workload)?.spread.median ?? 0
    return [workload, { goal, measured, reached: measured >= GOAL }] as const
  })
  return [
    result('ocr', options, {
      rows: figures.rows,
      ratios: {},
      versions: { tesseract: engine },
      targets: Object.fromEntries(targets),
      notes: ['time of the core, not of the clock: the figure does not depend on what else runs'],
    }),
  ]
}

function file(canvas: Canvas, hasText: boolean): Uint8Array {
  if (hasText) {
    write(canvas, 'ГАВРИЛЬЧЕНКО Е.С.', 12, 8)
    write(canvas, '23.09.1958 73-115904', 12, 30)
  }
  write(canvas, 'L 5cm', 420, 480)
  return imageFile(canvas)
}

/** of this process and of its children that have ended */
function coreSeconds(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [11, 12, 13, 14].reduce((sum, at) => sum + Number(fields[at]), 0) / TICKS_A_SECOND
}
