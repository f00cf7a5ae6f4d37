/** An association over a socket: what init, doctor, the demo hospital, and later retrieve and DIMSE serving share. */
export { requestAssociation, type Association, type AssociationRequest } from './request.ts'
export { acceptAssociations, type AcceptorOptions, type StoreRequest } from './accept.ts'
