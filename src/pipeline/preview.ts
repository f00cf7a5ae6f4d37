/** What an operator may see of a quarantined object to decide about it: what kind of thing it is, and nothing of whom. */
import { ASTM_POLICY, HL7_POLICY } from '../deidentify/messages/index.ts'
import { readRecords } from '../standards/astm/index.ts'
import { clinicalParts, isInteraction, looksLikeXml, readClinicalDocument, XML_LIMITS } from '../standards/cda/index.ts'
import { code, messageType, readDecoded, splitBatch, textsOf, type Message } from '../standards/hl7/index.ts'
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
  /** of a message: `ORU^R01`, version, segments by name with how often they stand there */
  readonly messageType?: string
  readonly version?: string
  readonly segments?: string
  /** of a clinical document: its code in the table of kinds, and how many results */
  readonly document?: string
  readonly observations?: number
  /** what bytes are in, as it was declared or found */
  readonly characterSet?: string
}

/** defined terms of PS3.3 §C.7.3.1.1.1: anything else in Modality may be a word of a person */
const MODALITIES = new Set(
  `AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DMS DG DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT IVUS KER KO LEN
  LS MG MR M3D NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG RTDOSE RTIMAGE RTINTENT
  RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA XA XAPROTOCOL XC`.split(
    /\s+/,
  ),
)

/** @param kind how it came: a message of a link, or what says itself what it is */
export function previewOf(source: ByteSource, kind?: 'hl7' | 'astm'): Preview {
  const { sizeBytes } = source
  const isXml = looksLikeXml(source.read(0, Math.min(sizeBytes, 64))) && sizeBytes <= XML_LIMITS.xmlBytes.value
  const look = isXml && kind !== 'astm' ? 'cda' : (kind ?? 'dicom')
  try {
    const facts = look === 'dicom' ? instanceFacts(source) : LOOKS[look](Buffer.from(source.read(0, sizeBytes)))
    return { sizeBytes, readable: true, ...facts }
  } catch {
    return { sizeBytes, readable: false }
  }
}

type Facts = Omit<Preview, 'sizeBytes' | 'readable'>

function instanceFacts(source: ByteSource): Facts {
  const { attributes, SOPClassUID, transferSyntax: syntax } = openDataSet(source)
  const SOPClass = uidEntry(SOPClassUID)?.name
  const syntaxName = transferSyntax(syntax.uid) && uidEntry(syntax.uid)?.name
  const modality = text(attributes, 'Modality')
  const [rows] = numbers(attributes, 'Rows')
  const [columns] = numbers(attributes, 'Columns')
  const [frames] = numbers(attributes, 'NumberOfFrames')
  return {
    ...(SOPClass ? { SOPClass } : {}),
    ...(syntaxName ? { transferSyntax: syntaxName } : {}),
    ...(modality && MODALITIES.has(modality) ? { modality } : {}),
    ...(rows === undefined ? {} : { rows }),
    ...(columns === undefined ? {} : { columns }),
    ...(frames === undefined ? {} : { frames }),
  }
}

const LOOKS: Readonly<Record<'hl7' | 'astm' | 'cda', (bytes: Buffer) => Facts>> = {
  hl7: (bytes) => {
    // several in one are told as the first
    const [first] = splitBatch(bytes).messages
    const { message, hidden } = readDecoded(first ? bytes.subarray(first.start, first.end) : bytes)
    const type = messageType(message)
    const version = code(message, 'MSH.12.1')
    const { encoding } = textsOf(message, hidden).characterSet
    return {
      ...(/^[A-Z]{3}(\^[A-Z]\d\d)?$/.test(type) ? { messageType: type } : {}),
      ...(/^2(\.\d){0,2}$/.test(version) ? { version } : {}),
      segments: segmentsIn(message, HL7_POLICY),
      ...(encoding ? { characterSet: encoding } : {}),
    }
  },
  astm: (bytes) => {
    const message = readRecords(bytes)
    return { messageType: 'ASTM', segments: segmentsIn(message, ASTM_POLICY) }
  },
  cda: (bytes) => {
    const { messageType, parts } = clinicalParts(bytes)
    // several in one are told as the first
    const [first] = parts
    const interaction = isInteraction(messageType) ? { messageType } : {}
    if (!first) return interaction
    const { code, encoding, observations } = readClinicalDocument(first)
    const kind = /^\d{1,6}$/.test(code.code) ? ` ${code.code}` : ''
    const document = first === bytes && isInteraction(messageType) ? {} : { document: `CDA${kind}` }
    return { ...interaction, ...document, observations: observations.length, characterSet: encoding }
  },
}

/** a segment that no table knows may have a name of somebody's making */
function segmentsIn({ segments }: Message, known: Readonly<Record<string, unknown>>): string {
  const counts = Map.groupBy(segments, ({ name }) => (name in known || STANDARD.has(name) ? name : 'others'))
  return [...counts].map(([name, all]) => (all.length > 1 ? `${name} × ${all.length}` : name)).join(', ')
}

/** that the gate takes out whole */
const STANDARD = new Set('NK1 PV2 MRG IN1 IN2 IN3 GT1 AL1 PD1 ERR QRD QRF QPD RCP DSP DSC PR1 ACC'.split(' '))
