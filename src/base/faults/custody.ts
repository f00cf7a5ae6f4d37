/** The vault and who may ask it. */
import type { Entry } from './entry.ts'

export const CUSTODY = {
  'browser-missing': {
    retry: 'never',
    means: 'The act can only be printed as PDF by a browser, and none did.',
    action: 'Install Chromium or name one in SLUICE_BROWSER; or write .html and print it.',
  },
  'vault-unavailable': {
    retry: 'later',
    http: 503,
    means: 'The vault with the pseudonym keys cannot be reached.',
    action: 'Start the database; nothing passes the gate until then.',
  },
  'vault-key-missing': {
    retry: 'later',
    http: 503,
    means: 'The key that wraps the vault’s keys is not where it should be; the vault stays locked.',
    action: 'Put the key file back, or join two shares: `sluice vault join`.',
  },
  'vault-key-exposed': {
    retry: 'later',
    http: 503,
    means: 'The vault’s key file can be read by others than its owner.',
    action: 'chmod 600 the file; if others could have read it: `sluice vault rekey`.',
  },
  'vault-key-wrong': {
    retry: 'later',
    http: 503,
    means: 'What is sealed in the vault does not open with this key.',
    action: 'Check that the key file or key service is the one this vault was made with.',
  },
  'vault-key-service': {
    retry: 'later',
    http: 503,
    means: 'The command that wraps and unwraps keys failed.',
    action: 'Run the command of `vault.key.command` by hand with `unwrap`, and see its messages.',
  },
  'project-keys-destroyed': {
    retry: 'never',
    http: 410,
    means: 'The keys of this project were destroyed on purpose; its data is anonymous.',
    action: 'Nothing more is taken into it. `sluice vault epoch` opens a new one, if that is meant.',
  },
  'ledger-broken': {
    retry: 'never',
    means: 'A line of the vault’s ledger does not follow from the lines before it.',
    action: 'Somebody changed the database. Keep it as it is and call the data protection officer.',
  },
  'custody-too-few': {
    retry: 'never',
    means: 'Custody needs at least two custodians with different names.',
    action: 'Name each with --custodian.',
  },
  'passphrase-too-short': {
    retry: 'never',
    means: 'A passphrase has fewer than twelve characters.',
    action: 'Choose a longer one: several words.',
  },
  'custodian-unknown': {
    retry: 'never',
    http: 403,
    means: 'There is no such custodian, the passphrase is not theirs, or the request is another’s.',
    action: 'Check name and passphrase; `sluice reidentify list` shows who asked for what.',
  },
  'two-people-needed': {
    retry: 'never',
    http: 403,
    means: 'This takes two different custodians.',
    action: 'Ask another custodian to decide.',
  },
  'purpose-missing': {
    retry: 'never',
    http: 400,
    means: 'A re-identification needs a purpose and a reference.',
    action: 'Give --purpose and --reference.',
  },
  'pseudonym-mistyped': {
    retry: 'never',
    http: 400,
    means: 'The check character of the pseudonym does not fit the rest.',
    action: 'Copy it again.',
  },
  'request-closed': {
    retry: 'never',
    http: 409,
    means: 'The request is not in a state in which this can be done.',
    action: '`sluice reidentify list` shows its state; ask anew where it has expired or was answered.',
  },
} as const satisfies Record<string, Entry>
