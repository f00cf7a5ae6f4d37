/**
 * What becomes of identities that no attribute holds alone: beside compressed pictures, in drawings, documents, faces. Each
 * line ends with the words that a report or the quarantine uses when the rule was followed.
 */
import type { OptionName } from '../../standards/dicom/index.ts'
import type { ProfileSource } from './source.ts'

/** One line of the effective table. */
export interface EffectiveRow {
  /** a tag, a path, a private creator with group and element, or a VR, a rule's name */
  readonly place: string
  readonly keyword: string
  readonly action: string
  readonly reason: string
}

type Choice = readonly [action: string, reason: string]

/** @returns a line a rule, with what this profile does under it */
export function namedRules({ options = [], documents, regions = [] }: ProfileSource): readonly EffectiveRow[] {
  const under = (option: OptionName, chosen: Choice, otherwise: Choice): Choice =>
    options.includes(option) ? chosen : otherwise
  const pictures = (what: string): Choice =>
    under('clean-pixel-data', ['look and blank', 'clean-pixel-data'], ['quarantine', what])
  const rules: readonly (readonly [name: string, of: string, Choice])[] = [
    [
      'documents',
      'encapsulated PDF and CDA',
      documents === 'replace' ? ['replace', 'documents: replace'] : ['quarantine', 'encapsulated document'],
    ],
    ['other documents', 'encapsulated STL, OBJ, MTL', ['quarantine', 'encapsulated document']],
    ['JPEG segments', 'APPn and COM of JPEG and JPEG-LS', ['remove', 'text beside the compressed picture']],
    ['JP2 boxes', 'boxes and COM around a JPEG 2000 codestream', ['remove', 'text beside the compressed picture']],
    ['icons', '(0088,0200)', ['remove', 'E.1-1 X']],
    [
      'overlays',
      '(60xx,3000)',
      under('clean-graphics', ['keep regions of interest', 'clean-graphics'], ['remove', 'E.1-1 X']),
    ],
    ['embedded overlays', 'in unused bits of the pixels', ['quarantine', 'overlay inside pixel data']],
    ['curves', '(50xx,xxxx)', ['remove', 'E.1-1 X']],
    ['video', 'MPEG-2, MPEG-4, HEVC', ['quarantine', 'video']],
    ['burned-in annotation', '(0028,0301) YES', pictures('burned-in annotation')],
    ['secondary capture', 'its SOP classes', pictures('secondary capture')],
    ['visible light', 'its SOP classes', pictures('visible light')],
    ['ultrasound', 'that does not deny text', pictures('ultrasound that does not deny burned-in annotation')],
    [
      'structured reports',
      'their content',
      under('clean-structured-content', ['inside', 'clean-structured-content'], ['quarantine', 'structured report']),
    ],
    [
      'presentation states',
      'their drawings and texts',
      under('clean-graphics', ['inside', 'clean-graphics'], ['quarantine', 'presentation state']),
    ],
    [
      'faces',
      'volumes of a head',
      under(
        'clean-recognizable-visual-features',
        ['deface or quarantine', 'a face may be seen'],
        ['keep and mark', '(0028,0302) YES'],
      ),
    ],
  ]
  return [
    ...rules.map(([name, of, [action, reason]]) => ({ place: `rule: ${name}`, keyword: of, action, reason })),
    ...regions.map(({ name }) => ({ place: 'rule: region', keyword: name, action: 'blank', reason: name })),
  ]
}
