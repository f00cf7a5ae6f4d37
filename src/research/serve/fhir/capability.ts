/** What is served at /fhir, from the same table that searches are read by. */
import type { CapabilityStatement } from '@medplum/fhirtypes'
import { INCLUDES, PARAMETERS, type Kind } from './parameters.ts'

const TYPES: Readonly<Record<Kind, 'token' | 'reference' | 'date'>> = {
  token: 'token',
  id: 'token',
  reference: 'reference',
  patient: 'reference',
  date: 'date',
}

export const capabilityStatement = (base: string, startedAt: Date): CapabilityStatement => ({
  resourceType: 'CapabilityStatement',
  status: 'active',
  date: startedAt.toISOString(),
  kind: 'instance',
  software: { name: 'Sluice' },
  implementation: { description: 'De-identified studies and laboratory records', url: base },
  fhirVersion: '4.0.1',
  format: ['application/fhir+json', 'json'],
  rest: [
    {
      mode: 'server',
      documentation: 'Read and search. Nothing is written here: records come through the gate.',
      security: { description: 'The research page’s accounts: session cookie, Bearer or Basic with an access token.' },
      resource: Object.entries(PARAMETERS).map(([type, parameters]) => ({
        type: type as keyof typeof PARAMETERS,
        interaction: [{ code: 'read' as const }, { code: 'search-type' as const }],
        versioning: 'no-version' as const,
        searchInclude: Object.keys(INCLUDES).filter((name) => name.startsWith(`${type}:`)),
        searchParam: Object.entries(parameters).map(([name, kind]) => ({ name, type: TYPES[kind as Kind] })),
      })),
    },
  ],
})
