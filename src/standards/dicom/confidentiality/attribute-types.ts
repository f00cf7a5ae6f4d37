/**
 * Which type (PS3.5 §7.4) an attribute with a compound code of Table E.1-1 has in an IOD: what settles `X/Z/D`. Only those
 * attributes are here, and only at the top of a data set; what is not known here is read on the safe side (D before Z before
 * X). A conditional type counts as the one it is conditional of: the attribute stands there, so its condition holds.
 */
import { tagOf, type Tag } from '../dictionary/attributes.ts'

/** module · section of PS3.3 · attributes by type */
const MODULES = `
General Study                C.7.2.1    3 ReferencedStudySequence
General Series               C.7.3.1    3 SeriesDate SeriesTime ProtocolName OperatorsName OperatorIdentificationSequence ReferencedPerformedProcedureStepSequence
PET Series                   C.8.9.1    1 SeriesDate SeriesTime
RT Series                    C.8.8.1    2 OperatorsName  3 SeriesDate SeriesTime ReferencedPerformedProcedureStepSequence
SR Document Series           C.17.1     2 ReferencedPerformedProcedureStepSequence  3 SeriesDate SeriesTime ProtocolName
Key Object Document Series   C.17.6.1   2 ReferencedPerformedProcedureStepSequence  3 SeriesDate SeriesTime ProtocolName
Encapsulated Document Series C.24.1     3 SeriesDate SeriesTime ProtocolName ReferencedPerformedProcedureStepSequence
DX Series                    C.8.11.1   1 ReferencedPerformedProcedureStepSequence
MR and CT Series             C.8.13.6   1 ReferencedPerformedProcedureStepSequence
General Equipment            C.7.5.1    3 InstitutionName InstitutionCodeSequence StationName DeviceSerialNumber
Enhanced General Equipment   C.7.5.2    1 DeviceSerialNumber
General Acquisition          C.7.10.1   3 AcquisitionDate AcquisitionTime AcquisitionDateTime
General Image                C.7.6.1    2 ContentDate ContentTime
Multi-frame Functional Groups C.7.6.16  1 ContentDate ContentTime
Contrast/Bolus               C.7.6.4    2 ContrastBolusAgent
Acquisition Context          C.7.6.14   2 AcquisitionContextSequence
PET Image                    C.8.9.4    2 AcquisitionDate AcquisitionTime
CR Image                     C.8.1.1    3 AcquisitionDeviceProcessingDescription
DX Image                     C.8.11.3   3 AcquisitionDeviceProcessingDescription
DX Detector                  C.8.11.4   3 DetectorID DateOfLastDetectorCalibration TimeOfLastDetectorCalibration
MR Image and Spectroscopy    C.8.13.1   1 AcquisitionDateTime
Enhanced CT Image            C.8.15.2   1 AcquisitionDateTime
Content Identification       10.9       2 ContentCreatorName
SR Document General          C.17.2     1 ContentDate ContentTime
Key Object Document          C.17.6.2   1 ContentDate ContentTime
Encapsulated Document        C.24.2     2 ContentDate ContentTime AcquisitionDateTime
Waveform Identification      C.10.8     1 ContentDate ContentTime AcquisitionDateTime
Whole Slide Microscopy Image C.8.12.4   1 AcquisitionDateTime
Slide Label                  C.8.12.8   2 LabelText BarcodeValue
SOP Common                   C.12.1     3 InstanceCreationDate InstanceCreationTime
Patient Study                C.7.2.2    2 PatientSexNeutered
`

const IMAGE = 'General Series, General Image, General Acquisition'
const ENHANCED = 'General Series, General Acquisition, Enhanced General Equipment, Multi-frame Functional Groups'

/** SOP class below 1.2.840.10008.5.1.4.1.1 · modules beside those that every composite IOD has (PS3.3 Annex A) */
const IODS = `
1        ${IMAGE}, Contrast/Bolus, CR Image
1.1      ${IMAGE}, DX Series, Acquisition Context, Contrast/Bolus, DX Image, DX Detector
1.1.1    ${IMAGE}, DX Series, Acquisition Context, Contrast/Bolus, DX Image, DX Detector
1.2      ${IMAGE}, DX Series, Acquisition Context, Contrast/Bolus, DX Image, DX Detector
1.2.1    ${IMAGE}, DX Series, Acquisition Context, Contrast/Bolus, DX Image, DX Detector
1.3      ${IMAGE}, DX Series, Acquisition Context, Contrast/Bolus, DX Image, DX Detector
1.3.1    ${IMAGE}, DX Series, Acquisition Context, Contrast/Bolus, DX Image, DX Detector
2        ${IMAGE}, Contrast/Bolus
2.1      ${ENHANCED}, MR and CT Series, Acquisition Context, Enhanced CT Image
4        ${IMAGE}, Contrast/Bolus
4.1      ${ENHANCED}, MR and CT Series, Acquisition Context, MR Image and Spectroscopy
3.1      ${IMAGE}, Contrast/Bolus
6.1      ${IMAGE}, Contrast/Bolus
7        ${IMAGE}
7.1      ${IMAGE}
7.2      ${IMAGE}
7.3      ${IMAGE}
7.4      ${IMAGE}
12.1     ${IMAGE}, Contrast/Bolus
12.2     ${IMAGE}, Contrast/Bolus
20       ${IMAGE}
128      ${IMAGE}, PET Series, PET Image
481.1    ${IMAGE}, RT Series, Contrast/Bolus
481.2    ${IMAGE}, RT Series
481.3    RT Series
481.5    RT Series
66.4     ${ENHANCED}, Content Identification
77.1.4   ${IMAGE}, Acquisition Context
77.1.1   ${IMAGE}, Acquisition Context
77.1.6   ${ENHANCED}, Acquisition Context, Whole Slide Microscopy Image, Slide Label
11.1     General Series, Content Identification
11.2     General Series, Content Identification
9.1.1    General Series, Waveform Identification, Acquisition Context
9.1.2    General Series, Waveform Identification, Acquisition Context
88.11    SR Document Series, SR Document General
88.22    SR Document Series, SR Document General
88.33    SR Document Series, SR Document General
88.34    SR Document Series, SR Document General
88.67    SR Document Series, SR Document General, Enhanced General Equipment
88.59    Key Object Document Series, Key Object Document
104.1    Encapsulated Document Series, Encapsulated Document
104.2    Encapsulated Document Series, Encapsulated Document
`
const EVERYWHERE = 'General Study, Patient Study, General Equipment, SOP Common'
const ROOT = '1.2.840.10008.5.1.4.1.1.'

export type AttributeType = 1 | 2 | 3

/**
 * @param SOPClassUID of the instance
 * @returns the strictest type that the modules of the IOD give the attribute; undefined when it is not known here
 */
export const attributeType = (SOPClassUID: string, tag: Tag): AttributeType | undefined =>
  types.get(SOPClassUID)?.get(tag)

/** the SOP classes whose attribute types are known here */
export const typedSOPClasses = (): readonly string[] => [...types.keys()]

const modules: ReadonlyMap<string, ReadonlyMap<Tag, AttributeType>> = new Map(
  MODULES.trim()
    .split('\n')
    .map((line) => {
      const [, name = '', rows = ''] = /^(.+?) +(?:C\.)?[\d.]+ +(\d .*)$/.exec(line) ?? []
      const found = [...rows.matchAll(/([123])((?: [A-Za-z]+)+)/g)].flatMap(([, type, keywords = '']) =>
        keywords
          .trim()
          .split(' ')
          .map((keyword) => [tagOf(keyword) as Tag, Number(type) as AttributeType] as const),
      )
      return [name, new Map(found)]
    }),
)

const types: ReadonlyMap<string, ReadonlyMap<Tag, AttributeType>> = new Map(
  IODS.trim()
    .split('\n')
    .map((line) => {
      const [, suffix = '', names = ''] = /^([\d.]+) +(.+)$/.exec(line) ?? []
      const strictest = new Map<Tag, AttributeType>()
      for (const name of `${EVERYWHERE}, ${names}`.split(', '))
        for (const [tag, type] of modules.get(name) ?? [])
          strictest.set(tag, Math.min(type, strictest.get(tag) ?? 3) as AttributeType)
      return [ROOT + suffix, strictest]
    }),
)
