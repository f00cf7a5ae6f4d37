/** What a resource is found by: `parameter=value` for the token and reference parameters that we serve (FHIR R4 §3.1.1.4). */
import type { CodeableConcept, Coding, Resource, Reference } from '@medplum/fhirtypes'

export function tokensOf(resource: Resource): string[] {
  switch (resource.resourceType) {
    case 'Observation':
      return [
        ...concept('code', resource.code),
        ...concepts('category', resource.category),
        ...word('status', resource.status),
        ...concepts('interpretation', resource.interpretation),
        ...concept('value-concept', resource.valueCodeableConcept),
        ...to('subject', resource.subject),
        ...to('encounter', resource.encounter),
        ...to('specimen', resource.specimen),
        ...to('device', resource.device),
      ]
    case 'DiagnosticReport':
      return [
        ...concept('code', resource.code),
        ...concepts('category', resource.category),
        ...word('status', resource.status),
        ...to('subject', resource.subject),
        ...to('encounter', resource.encounter),
        ...(resource.result ?? []).flatMap((one) => to('result', one)),
        ...(resource.specimen ?? []).flatMap((one) => to('specimen', one)),
      ]
    case 'Encounter':
      return [
        ...word('status', resource.status),
        ...coding('class', resource.class),
        ...to('subject', resource.subject),
      ]
    case 'Specimen':
      return [...concept('type', resource.type), ...to('subject', resource.subject)]
    case 'Device':
      return (resource.deviceName ?? []).flatMap(({ name }) => word('device-name', name))
    case 'Provenance':
      return [
        ...resource.target.flatMap((one) => to('target', one)),
        ...(resource.entity ?? []).flatMap(({ what }) => word('entity-id', what.identifier?.value)),
      ]
    default:
      return []
  }
}

const word = (parameter: string, value: string | undefined): string[] => (value ? [`${parameter}=${value}`] : [])
const to = (parameter: string, target: Reference | undefined): string[] => word(parameter, target?.reference)
const coding = (parameter: string, { system = '', code }: Coding): string[] =>
  code ? [`${parameter}=${code}`, `${parameter}=${system}|${code}`] : []
const concept = (parameter: string, found: CodeableConcept | undefined): string[] =>
  (found?.coding ?? []).flatMap((one) => coding(parameter, one))
const concepts = (parameter: string, found: readonly CodeableConcept[] | undefined): string[] =>
  (found ?? []).flatMap((one) => concept(parameter, one))
