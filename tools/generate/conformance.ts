/** The tables of docs/conformance-statement.md that the code knows better than a writer would. */
import { MATCHED } from '../../src/research/archive/index.ts'
import { FHIR_INCLUDES, FHIR_PARAMETERS } from '../../src/research/serve/index.ts'
import {
  BASIC_PROFILE_CODE,
  CONFIDENTIALITY_EDITION,
  CONFIDENTIALITY_OPTIONS,
  confidentialityTable,
  IMPLEMENTATION_CLASS_UID,
  IMPLEMENTATION_VERSION_NAME,
  SAFE_PRIVATE,
  TRANSFER_SYNTAXES,
  typedSOPClasses,
} from '../../src/standards/dicom/index.ts'

export function conformanceStatement(): string {
  const syntaxes = TRANSFER_SYNTAXES.map(
    ({ uid, name, deflated, encapsulated }) =>
      `| ${name} | ${uid} | ${deflated ? 'inflated; archived as Explicit VR Little Endian' : encapsulated ? 'archived as it is, fragments untouched' : 'archived as it is'} |`,
  )
  const matched = Object.entries(MATCHED).map(([keyword, { form }]) => `| ${keyword} | ${form} |`)
  const fhir = Object.entries(FHIR_PARAMETERS).map(
    ([type, parameters]) =>
      `| ${type} | ${Object.keys(parameters).join(', ')} | ${Object.keys(FHIR_INCLUDES)
        .filter((name) => name.startsWith(`${type}:`))
        .join(', ')} |`,
  )
  const table = confidentialityTable()
  const rows = [...(table?.rows.values() ?? [])]
  const families = table?.families.size ?? 0
  const options = CONFIDENTIALITY_OPTIONS.map(({ meaning, section, code, letter }) => {
    const many = letter && [...rows, ...(table?.families.values() ?? [])].filter((row) => row.options[letter]).length
    return `| ${meaning} | ${section} | ${code} | ${many ?? 'pixels'} |`
  })
  return `# Conformance statement

Generated from the code by \`npm run generate\` (\`tools/generate/conformance.ts\`).

## On the line (clinical)
Sluice is not an application entity between a device and its archive: it relays TCP connections. AE titles, presentation
contexts, extended negotiation, user identity, maximum length, implementation identification and every message of any service
are the peers' own, byte for byte. It connects to the archive before it reads from the device; when the archive does not accept
the connection, the device's connection is reset. It answers nothing itself and has no timer of its own once connected.

It observes copies of associations (PS3.8, PS3.7): C-STORE in either direction is captured after the response reported
success or warning. All other services pass and are counted.

## Messages (clinical)
HL7 v2.1–2.9 in ER7 encoding over MLLP, and ASTM E1381/E1394 (CLSI LIS1, LIS2), are relayed over TCP as they are; Sluice is neither
initiator nor responder, sends no acknowledgement and changes none. Observed: any message in either direction, original and enhanced
acknowledgement mode (MSH-15, MSH-16), with the rules of [messages.md](messages.md). Read: delimiters of MSH-1 and MSH-2, segments
ended by CR, CR LF or LF, batches with or without FHS/BHS, escape sequences F S T R E X H N and .br, character sets of table 0211 by
their bytes. Frames that do not end in FS CR are read and counted. Documents of CDA R2 in OBX-5 (ED) are read where a rule selects the
message.

## What the gate and the archive read
| transfer syntax | UID | at the gate |
|---|---|---|
${syntaxes.join('\n')}

Where text on pictures was blanked or a face removed, that instance is written uncompressed, as Explicit VR Little Endian.

Others are refused with \`transfer-syntax-unknown\` (in quarantine when they came over the line). Implementation Class UID of files
we write: \`${IMPLEMENTATION_CLASS_UID}\`, version name \`${IMPLEMENTATION_VERSION_NAME}\`.

## De-identification
PS3.15 Annex E, Basic Application Level Confidentiality Profile (${BASIC_PROFILE_CODE.code}), Table E.1-1 of edition ${CONFIDENTIALITY_EDITION}:
${rows.length} attributes and ${families} families of them. Compound codes are settled by the attribute's type in ${typedSOPClasses().length} IODs. Options a
project may choose, each with its code (PS3.16 CID 7050) and how many attributes it speaks of:

| option | section | code | attributes |
|---|---|---|---|
${options.join('\n')}

Private attributes of Table E.3.10-1 that \`retain-safe-private\` keeps: ${SAFE_PRIVATE.length}. How each attribute is decided:
[deidentification.md](deidentification.md).

## DICOMweb (research), at \`/dicom-web\`
Basic (the secret of a session as the password) or Bearer authentication, or the page's session.

| service | resources | media types |
|---|---|---|
| QIDO-RS | /studies, /series, /instances, and below a study or series | application/dicom+json |
| WADO-RS | study, series, instance | multipart/related; type="application/dicom" · application/dicom for one instance |
| WADO-RS | …/metadata | application/dicom+json, bulk data by reference |
| WADO-RS | …/frames/LIST | multipart/related; type="application/octet-stream" or the media type of the stored transfer syntax; application/octet-stream for one frame |
| WADO-RS | …/bulkdata/PATH | multipart/related; type="application/octet-stream" |
| STOW-RS | POST /studies?project=NAME | multipart/related; type="application/dicom"; each part goes through the gate |

A search without results is answered with 204. A stored instance is answered with its new UIDs and address; one that was not
stored by the number of its part, with a Failure Reason of PS3.18 Table I.2-2 and where it failed: what was sent is not repeated.

Nothing is transcoded: asking for another transfer syntax than the stored one gives 406. Rendered resources and XML are not offered.
\`fuzzymatching\` is off and said so in a Warning header (299). Unknown attributes give 400, attributes that are known and not
matched a Warning, and so do results that were cut at the default limit of 1000. \`limit\` is at most 10,000.

| attribute that is matched | how |
|---|---|
${matched.join('\n')}

text: value or wildcards · uid: a value or a list · range: a value or from-to · number: a value · modalities: a study that has it.

## FHIR R4 (4.0.1), at \`/fhir\`
Read and search, \`application/fhir+json\`; the same accounts as DICOMweb. Nothing is written: records come through the gate.
\`_count\` (at most 1,000), \`_offset\` by the links of a page, \`_summary=count\`, \`_sort\` by date. Unknown parameters are left out and told;
with \`Prefer: handling=strict\` they give 400.

| resource | found by | \`_include\` |
|---|---|---|
${fhir.join('\n')}

Unified values stand where FHIR has them; \`urn:sluice:unification\` beside says status, rule, and what was sent.

## Character sets
Catalogue, DICOMweb and rules read texts as declared (PS3.3 §C.12.1.1.2). The gate decides all texts of an instance together, whatever
they declare: UTF-8, CP1251, KOI8-R, CP866, ISO 8859-5, Latin-1 or the declared set; what leaves it is ISO_IR 192.

## Security
Links are relayed as they are, with TLS or without; of an encrypted one nothing is captured. The pages, DICOMweb and FHIR speak HTTP, by
default on loopback, behind a TLS terminator elsewhere; they answer only under their own names ([operations.md](operations.md)).
`
}
