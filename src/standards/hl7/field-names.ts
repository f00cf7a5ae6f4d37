/** What fields are called (HL7 v2.5.1 chapters 2–7), for the segments that are shown. From field 1, `|` between. */
const NAMES: Readonly<Record<string, string>> = {
  MSH: 'Field Separator|Encoding Characters|Sending Application|Sending Facility|Receiving Application|Receiving Facility|Date/Time Of Message|Security|Message Type|Message Control ID|Processing ID|Version ID|Sequence Number|Continuation Pointer|Accept Acknowledgment Type|Application Acknowledgment Type|Country Code|Character Set|Principal Language Of Message|Alternate Character Set Handling Scheme|Message Profile Identifier',
  MSA: 'Acknowledgment Code|Message Control ID|Text Message|Expected Sequence Number|Delayed Acknowledgment Type|Error Condition',
  ERR: 'Error Code and Location|Error Location|HL7 Error Code|Severity|Application Error Code|Application Error Parameter|Diagnostic Information|User Message',
  EVN: 'Event Type Code|Recorded Date/Time|Date/Time Planned Event|Event Reason Code|Operator ID|Event Occurred|Event Facility',
  PID: 'Set ID - PID|Patient ID|Patient Identifier List|Alternate Patient ID - PID|Patient Name|Mother’s Maiden Name|Date/Time of Birth|Administrative Sex|Patient Alias|Race|Patient Address|County Code|Phone Number - Home|Phone Number - Business|Primary Language|Marital Status|Religion|Patient Account Number|SSN Number - Patient|Driver’s License Number - Patient|Mother’s Identifier|Ethnic Group|Birth Place|Multiple Birth Indicator|Birth Order|Citizenship|Veterans Military Status|Nationality|Patient Death Date and Time|Patient Death Indicator',
  PD1: 'Living Dependency|Living Arrangement|Patient Primary Facility|Patient Primary Care Provider Name & ID No.',
  MRG: 'Prior Patient Identifier List|Prior Alternate Patient ID|Prior Patient Account Number|Prior Patient ID|Prior Visit Number|Prior Alternate Visit ID|Prior Patient Name',
  NK1: 'Set ID - NK1|Name|Relationship|Address|Phone Number|Business Phone Number|Contact Role',
  PV1: 'Set ID - PV1|Patient Class|Assigned Patient Location|Admission Type|Preadmit Number|Prior Patient Location|Attending Doctor|Referring Doctor|Consulting Doctor|Hospital Service|Temporary Location|Preadmit Test Indicator|Re-admission Indicator|Admit Source|Ambulatory Status|VIP Indicator|Admitting Doctor|Patient Type|Visit Number|Financial Class|Charge Price Indicator|Courtesy Code|Credit Rating|Contract Code|Contract Effective Date|Contract Amount|Contract Period|Interest Code|Transfer to Bad Debt Code|Transfer to Bad Debt Date|Bad Debt Agency Code|Bad Debt Transfer Amount|Bad Debt Recovery Amount|Delete Account Indicator|Delete Account Date|Discharge Disposition|Discharged to Location|Diet Type|Servicing Facility|Bed Status|Account Status|Pending Location|Prior Temporary Location|Admit Date/Time|Discharge Date/Time|Current Patient Balance|Total Charges|Total Adjustments|Total Payments|Alternate Visit ID|Visit Indicator|Other Healthcare Provider',
  ORC: 'Order Control|Placer Order Number|Filler Order Number|Placer Group Number|Order Status|Response Flag|Quantity/Timing|Parent|Date/Time of Transaction|Entered By|Verified By|Ordering Provider|Enterer’s Location|Call Back Phone Number|Order Effective Date/Time|Order Control Code Reason|Entering Organization|Entering Device|Action By',
  OBR: 'Set ID - OBR|Placer Order Number|Filler Order Number|Universal Service Identifier|Priority - OBR|Requested Date/Time|Observation Date/Time|Observation End Date/Time|Collection Volume|Collector Identifier|Specimen Action Code|Danger Code|Relevant Clinical Information|Specimen Received Date/Time|Specimen Source|Ordering Provider|Order Callback Phone Number|Placer Field 1|Placer Field 2|Filler Field 1|Filler Field 2|Results Rpt/Status Chng - Date/Time|Charge to Practice|Diagnostic Serv Sect ID|Result Status|Parent Result|Quantity/Timing|Result Copies To|Parent|Transportation Mode|Reason for Study|Principal Result Interpreter|Assistant Result Interpreter|Technician|Transcriptionist|Scheduled Date/Time',
  OBX: 'Set ID - OBX|Value Type|Observation Identifier|Observation Sub-ID|Observation Value|Units|References Range|Abnormal Flags|Probability|Nature of Abnormal Test|Observation Result Status|Effective Date of Reference Range|User Defined Access Checks|Date/Time of the Observation|Producer’s ID|Responsible Observer|Observation Method|Equipment Instance Identifier|Date/Time of the Analysis',
  NTE: 'Set ID - NTE|Source of Comment|Comment|Comment Type',
  SPM: 'Set ID - SPM|Specimen ID|Specimen Parent IDs|Specimen Type|Specimen Type Modifier|Specimen Additives|Specimen Collection Method|Specimen Source Site|Specimen Source Site Modifier|Specimen Collection Site|Specimen Role|Specimen Collection Amount|Grouped Specimen Count|Specimen Description|Specimen Handling Code|Specimen Risk Code|Specimen Collection Date/Time|Specimen Received Date/Time',
  SAC: 'External Accession Identifier|Accession Identifier|Container Identifier|Primary Container Identifier|Equipment Container Identifier|Specimen Source|Registration Date/Time|Container Status|Carrier Type|Carrier Identifier|Position in Carrier',
  TXA: 'Set ID - TXA|Document Type|Document Content Presentation|Activity Date/Time|Primary Activity Provider Code/Name|Origination Date/Time|Transcription Date/Time|Edit Date/Time|Originator Code/Name|Assigned Document Authenticator|Transcriptionist Code/Name|Unique Document Number|Parent Document Number|Placer Order Number|Filler Order Number|Unique Document File Name|Document Completion Status',
  QRD: 'Query Date/Time|Query Format Code|Query Priority|Query ID|Deferred Response Type|Deferred Response Date/Time|Quantity Limited Request|Who Subject Filter|What Subject Filter|What Department Data Code|What Data Code Value Qual.|Query Results Level',
  QPD: 'Message Query Name|Query Tag|User Parameters',
  DSP: 'Set ID - DSP|Display Level|Data Line|Logical Break Point|Result ID',
  AL1: 'Set ID - AL1|Allergen Type Code|Allergen Code/Mnemonic/Description|Allergy Severity Code|Allergy Reaction Code|Identification Date',
  DG1: 'Set ID - DG1|Diagnosis Coding Method|Diagnosis Code - DG1|Diagnosis Description|Diagnosis Date/Time|Diagnosis Type',
  TQ1: 'Set ID - TQ1|Quantity|Repeat Pattern|Explicit Time|Relative Time and Units|Service Duration|Start Date/Time|End Date/Time|Priority',
}

const cache = new Map<string, readonly string[]>()

/** @returns the standard's name of a field; undefined where this table has none */
export function fieldName(segment: string, field: number): string | undefined {
  const names = cache.get(segment) ?? NAMES[segment]?.split('|') ?? []
  cache.set(segment, names)
  return names[field - 1]
}
