/** What an operator may see of a quarantined object to decide about it: what kind of thing it is, and nothing of whom. */
import { numbers, openDataSet, text, transferSyntax, uidEntry, type ByteSource } from '../standards/dicom/index.ts'

export interface Preview {
  readonly sizeBytes: number
  /** false: its structure cannot be read, and nothing more is known */
  readonly readable: boolean
  /** names of PS3.6 */
  readonly SOPClass?: string
  readonly transferSyntax?: string
  readonly modality?: string
  readonly rows?: number
  readonly columns?: number
  readonly frames?: number
}

/** defined terms of PS3.3 §C.7.3.1.1.1: anything else in Modality may be a word of a person */
const MODALITIES = new Set(
  `AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DMS DG DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT IVUS KER KO LEN
  LS MG MR M3D NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTINTENT
  RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XAPROTOCOL XC`.split(
    /\s+/,
  ),
)

export function previewOf(source: ByteSource): Preview {
  const { sizeBytes } = source
  try {
    const { attributes, SOPClassUID, transferSyntax: syntax } = openDataSet(source)
    const SOPClass = uidEntry(SOPClassUID)?.name
    const syntaxName = transferSyntax(syntax.uid) && uidEntry(syntax.uid)?.name
    const modality = text(attributes, 'Modality')
    const [rows] = numbers(attributes, 'Rows')
    const [columns] = numbers(attributes, 'Columns')
    const [frames] = numbers(attributes, 'NumberOfFrames')
    return {
      ...{ sizeBytes, readable: true },
      ...(SOPClass ? { SOPClass } : {}),
      ...(syntaxName ? { transferSyntax: syntaxName } : {}),
      ...(modality && MODALITIES.has(modality) ? { modality } : {}),
      ...(rows === undefined ? {} : { rows }),
      ...(columns === undefined ? {} : { columns }),
      ...(frames === undefined ? {} : { frames }),
    }
  } catch {
    return { sizeBytes, readable: false }
  }
}
