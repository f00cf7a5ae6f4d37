/** Whose face could be made out of the pixels: volumes of the head, or of nobody knows what (PS3.15 §E.3.2). */
import { text, type DataSet } from '../standards/dicom/index.ts'

/** cross-sections by X-rays, resonance, positrons, single and enhanced (PS3.4 §B.5) */
const VOLUMES = [
  ...['1.2.840.10008.5.1.4.1.1.2', '1.2.840.10008.5.1.4.1.1.2.1', '1.2.840.10008.5.1.4.1.1.2.2'],
  ...['1.2.840.10008.5.1.4.1.1.4', '1.2.840.10008.5.1.4.1.1.4.1', '1.2.840.10008.5.1.4.1.1.4.4'],
  ...['1.2.840.10008.5.1.4.1.1.128', '1.2.840.10008.5.1.4.1.1.130'],
]
/** names of PS3.16 Annex L that show no face */
const BELOW_THE_HEAD =
  /^(ABDOMEN|ABDOMENPELVIS|ANKLE|ARM|BREAST|CHEST|CHESTABDOMEN|CHESTABDPELVIS|CLAVICLE|COCCYX|CSPINE|ELBOW|EXTREMITY|FEMUR|FINGER|FOOT|FOREARM|HAND|HEART|HIP|HUMERUS|KNEE|LEG|LIVER|LSPINE|LUNG|PELVIS|PROSTATE|SHOULDER|SPINE|SSPINE|THIGH|THORAX|TLSPINE|TOE|TSPINE|UTERUS|WRIST)$/

/** An instance that does not say which part of the body it shows may show a face. */
export function mayShowFace({ SOPClassUID, attributes }: DataSet<'identified'>): boolean {
  return VOLUMES.includes(SOPClassUID) && !BELOW_THE_HEAD.test(text(attributes, 'BodyPartExamined') ?? '')
}
