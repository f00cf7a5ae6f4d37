/** The first sluice.yaml: with comments, so that it can be read and changed by hand. */
const head = (
  schema: string,
  { web, operate } = { web: 8080, operate: 8081 },
) => `# yaml-language-server: $schema=${schema}
# Sluice. After a change: \`sluice check\`, then SIGHUP. Running associations are not cut.
version: 1

# Where everything is kept: spool, keys, databases, archive.
home: ./data

# The research page and DICOMweb, and the operator's page. Both ask for a sign-in.
web: { listen: 127.0.0.1:${web} }
operate: { listen: 127.0.0.1:${operate} }
`

const projects = (more = '') => `
# A project has its own keys: the same patient has another pseudonym in another project.
projects:
  - { name: head-ct, title: Haematoma on head CT, profile: basic, dates: shifted, patientCharacteristics: true }

# What research asked for, as expressions over PS3.6 keywords and the association.
rules:
  - name: head ct for research
    project: head-ct
    when: 'dicom.Modality == "CT" && dicom.BodyPartExamined in ["HEAD", "BRAIN"]'
${more}`

/** @param port of the link */
export const demoConfig = (schema: string): string => `${head(schema)}
# The demo hospital: two CTs and a PACS, analysers and a laboratory system of our own making, on loopback. Switch it off in
# a hospital.
demo: true
hospital: { issuers: [БОЛЬНИЦА], utcOffset: +03:00 }

# A link is a port of ours and the system behind it. The demo's CTs send to the first; its PACS listens behind it.
links:
  - { name: demo-ct-to-pacs, protocol: dicom, listen: 127.0.0.1:11112, upstream: 127.0.0.1:11113 }
  - { name: demo-analysers-to-lis, protocol: mllp, listen: 127.0.0.1:12575, upstream: 127.0.0.1:12576 }
  - { name: demo-glucose-to-lis, protocol: astm, listen: 127.0.0.1:12577, upstream: 127.0.0.1:12578 }
${projects(`  - name: laboratory results of the same people
    project: head-ct
    when: 'hl7.messageType == "ORU^R01"'
  - name: results of analysers that speak ASTM
    project: head-ct
    when: 'association.link == "demo-glucose-to-lis"'
`)}`

export const hospitalConfig = (
  schema: string,
  link: { readonly listen: string; readonly upstream: string },
  ports?: { readonly web: number; readonly operate: number },
): string => `${head(schema, ports)}
# A link is a port of ours and the archive behind it: devices are pointed at the port, and reach the archive through it.
links:
  - { name: devices-to-pacs, protocol: dicom, listen: ${link.listen}, upstream: ${link.upstream} }
${projects()}`
