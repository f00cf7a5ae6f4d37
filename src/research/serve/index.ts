/** The research side to the outside: DICOMweb, the page and its API, accounts. */
export { createResearchServer, type ResearchOptions, type ResearchServer } from './server.ts'
/** accounts without the server, for what brings a backup back */
export { openAccounts } from './accounts/accounts.ts'
export type { Admit, AdmitOutcome } from './dicomweb/store.ts'
export type { Failure, Live, Project, Session, StudyPage, StudySummary } from './contract.ts'
export { INCLUDES as FHIR_INCLUDES, PARAMETERS as FHIR_PARAMETERS } from './fhir/parameters.ts'
