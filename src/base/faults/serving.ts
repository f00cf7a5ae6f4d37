/** Pages and interfaces. */
import type { Entry } from './entry.ts'

export const SERVING = {
  'not-found': {
    retry: 'never',
    http: 404,
    means: 'There is nothing at this address.',
    action: 'Check the identifiers.',
  },
  'bad-request': {
    retry: 'never',
    http: 400,
    means: 'The request is not one that can be understood.',
    action: 'Correct it as the message says.',
  },
  'not-acceptable': {
    retry: 'never',
    http: 406,
    means: 'None of the accepted media types can be produced.',
    action: 'Ask for one that the conformance statement lists.',
  },
  'unsupported-media-type': {
    retry: 'never',
    http: 415,
    means: 'The body is of a media type that is not read here.',
    action: 'Send multipart/related; type="application/dicom".',
  },
  unauthenticated: { retry: 'never', http: 401, means: 'Sign in first.', action: 'Sign in, or send an access token.' },
  forbidden: { retry: 'never', http: 403, means: 'The account may not do this.', action: 'Ask an administrator.' },
  'host-unknown': {
    retry: 'never',
    http: 421,
    means: 'The page was asked for under a name that is not its own.',
    action: 'Use the address that `sluice up` printed, or add the name to `names` of the page in sluice.yaml.',
  },
  'too-many-requests': { retry: 'later', http: 429, means: 'Too many attempts.', action: 'Wait and try again.' },
  internal: {
    retry: 'unknown',
    http: 500,
    means: 'Something in Sluice itself went wrong.',
    action: 'Report it with the reference in the log.',
  },
} as const satisfies Record<string, Entry>
