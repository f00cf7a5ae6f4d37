/**
 * Every failure Sluice knows, in one table: whether to try again, the DIMSE status and HTTP status it becomes, what
 * happened and what to do. `docs/faults.md` is made from it (`npm run generate`).
 */
interface Entry {
  readonly retry: 'later' | 'never' | 'unknown'
  /** DIMSE status (PS3.7 Annex C, PS3.4 §B.2.3) */
  readonly status?: number
  readonly http?: number
  readonly means: string
  readonly action: string
}

export const FAULTS = {
  // configuration
  'config-invalid': {
    retry: 'never',
    means: 'The configuration has a mistake.',
    action: 'Run `sluice check`; it names file, line and column.',
  },
  'option-invalid': {
    retry: 'never',
    means: 'An option or an argument of the command is not right.',
    action: 'See `--help` of the command.',
  },
  'file-exists': {
    retry: 'never',
    means: 'There is a file of that name already.',
    action: 'Choose another name with `--config`, or take that file away first.',
  },
  'file-missing': {
    retry: 'never',
    means: 'There is no file or folder of that name.',
    action: 'Check how it is spelled.',
  },
  'config-missing': {
    retry: 'never',
    means: 'There is no configuration file where one was asked for.',
    action: 'Run `sluice init --pacs AE@host:port`.',
  },
  'port-taken': {
    retry: 'later',
    means: 'A port that Sluice should listen on is in use.',
    action: 'Stop the other program or choose another port in sluice.yaml.',
  },
  'not-running': {
    retry: 'later',
    http: 503,
    means: 'Sluice does not run here, or its worker is not ready.',
    action: 'Start it with `sluice up`, with the same configuration.',
  },
  // relay
  'upstream-refused': {
    retry: 'later',
    means: 'The archive behind a link refused the connection.',
    action: 'Check that the archive runs and that address and port are right.',
  },
  'upstream-timeout': {
    retry: 'later',
    means: 'The archive behind a link did not answer the connection in time.',
    action: 'Check the network between this machine and the archive.',
  },
  'tap-left-behind': {
    retry: 'never',
    means: 'The copy for research could not keep up and was left; clinical traffic went on.',
    action: 'See the gap in the operator page; the study can be sent again or retrieved.',
  },
  // spool
  'spool-full': {
    retry: 'later',
    status: 0xa700,
    http: 507,
    means: 'The spool is near its limit; nothing more is captured until there is room.',
    action: 'Free disk space or raise `spool.maxBytes`.',
  },
  'spool-damaged': {
    retry: 'never',
    means: 'A record of the spool does not match its checksum.',
    action: 'The segment is kept aside; send the study again.',
  },
  'disk-failed': {
    retry: 'unknown',
    means: 'The disk reported an error on write or sync.',
    action: 'Check the volume; captures are not claimed until a sync succeeds.',
  },
  // DICOM bytes
  'not-dicom': {
    retry: 'never',
    status: 0xc000,
    http: 400,
    means: 'The bytes are not a DICOM file or data set.',
    action: 'Check what was sent.',
  },
  truncated: {
    retry: 'never',
    status: 0xc000,
    http: 400,
    means: 'The data set ends before its structure does.',
    action: 'Send the object again.',
  },
  malformed: {
    retry: 'never',
    status: 0xc000,
    http: 400,
    means: 'The structure of the data set breaks PS3.5.',
    action: 'Report the tag path to the maker of the device.',
  },
  'limit-exceeded': {
    retry: 'never',
    status: 0xc000,
    http: 413,
    means: 'A length, depth or count is over the limit (docs/limits.md).',
    action: 'Check the object; raise the limit only if it is genuine.',
  },
  'transfer-syntax-unknown': {
    retry: 'never',
    status: 0xc000,
    http: 415,
    means: 'The transfer syntax is not one that Sluice can read.',
    action: 'Send it in a transfer syntax of the conformance statement.',
  },
  'not-a-uid': {
    retry: 'never',
    status: 0xa900,
    http: 400,
    means: 'A unique identifier is not one (PS3.5 §9.1).',
    action: 'Report the device; its identifiers are malformed.',
  },
  'identifiers-missing': {
    retry: 'never',
    status: 0xa900,
    http: 400,
    means: 'The data set lacks a Study, Series or SOP Instance UID or SOP Class UID.',
    action: 'Report the device.',
  },
  // XML documents
  'xml-malformed': {
    retry: 'never',
    http: 400,
    means: 'The document is not well-formed XML; the offset says where reading ended.',
    action: 'Report it to the maker of the system that wrote it; the original is kept.',
  },
  'xml-doctype': {
    retry: 'never',
    http: 400,
    means: 'The document has a DOCTYPE, which clinical documents have not and which can define entities.',
    action: 'Look at where it comes from: entity definitions are a known attack. Nothing of it was read.',
  },
  'xml-encoding': {
    retry: 'never',
    http: 415,
    means:
      'The document is in an encoding in which ASCII bytes may be parts of other characters, or names none that is known.',
    action: 'Have it sent in UTF-8 or windows-1251.',
  },
  'not-cda': {
    retry: 'never',
    http: 400,
    means: 'The document is XML, but neither a ClinicalDocument nor a message of HL7 v3.',
    action: 'Check what was sent.',
  },
  'interaction-not-read': {
    retry: 'never',
    http: 400,
    means: 'The message of HL7 v3 has no clinical document, and no results that are certainly one patient’s.',
    action:
      'It passed unchanged and waits in quarantine. Have its sender write a ClinicalDocument or HL7 v2 results, or leave its kind out of the rules by `hl7.messageType`.',
  },
  'pdu-invalid': {
    retry: 'never',
    means: 'A protocol data unit breaks PS3.8.',
    action: 'Nothing on the clinical side changes; the observer stops reading that association.',
  },
  'command-invalid': {
    retry: 'never',
    means: 'A DIMSE command set breaks PS3.7.',
    action: 'Nothing on the clinical side changes; the observer counts it.',
  },
  'association-lost': {
    retry: 'unknown',
    means: 'The association ended before the answer came.',
    action: 'The peer may have done it; check there.',
  },
  'association-rejected': {
    retry: 'later',
    means: 'The peer rejected the association.',
    action: 'Check AE titles on both sides.',
  },
  // messages
  'message-invalid': {
    retry: 'never',
    http: 400,
    means: 'The bytes are not an HL7 v2 message or ASTM record stream that can be divided into fields.',
    action: 'On the link they passed unchanged; report offset and reason to the maker of the device.',
  },
  'message-cut': {
    retry: 'never',
    means: 'A frame began before the one before it had ended, so that one is not whole.',
    action: 'Check the device’s connection; the receiver may have joined two messages.',
  },
  'message-ambiguous': {
    retry: 'never',
    means: 'One frame holds more than one message and is no batch.',
    action: 'Report the device: a line end inside a field may have made the second one.',
  },
  'message-not-spliceable': {
    retry: 'never',
    means:
      'The message is in a character set whose bytes hide delimiters; it is read as a decoded copy and not changed.',
    action: 'Have the device send UTF-8.',
  },
  'messages-not-taken-yet': {
    retry: 'never',
    means: 'A rule selects the message, and this Sluice has no place for messages in research.',
    action: 'It waits in quarantine; try it again once a version that stores messages runs.',
  },
  'browser-missing': {
    retry: 'never',
    means: 'The act can only be printed as PDF by a browser, and none did.',
    action: 'Install Chromium or name one in SLUICE_BROWSER; or write .html and print it.',
  },
  // gate
  'project-unknown': {
    retry: 'never',
    http: 404,
    means: 'The project is not in the configuration.',
    action: 'Name one of the projects in sluice.yaml.',
  },
  'profile-unknown': {
    retry: 'never',
    means: 'The de-identification profile is not known.',
    action: 'Use one of the profiles listed in docs/deidentification.md.',
  },
  'not-deidentified': {
    retry: 'never',
    http: 422,
    means: 'The object could not be de-identified with certainty and is in quarantine.',
    action: 'See the reason in the quarantine list.',
  },
  'pixels-unreadable': {
    retry: 'never',
    http: 422,
    means: 'The pixels do not decode as their attributes describe them, so nobody can say what is on the picture.',
    action: 'Compare Rows, Columns, bits and transfer syntax with the device; send the image again.',
  },
  'text-recognition-missing': {
    retry: 'unknown',
    means: 'The program that looks for text on pictures (tesseract, with Russian and English) is not installed.',
    action: 'apt-get install tesseract-ocr tesseract-ocr-rus, then redo what is in quarantine.',
  },
  'text-recognition-failed': {
    retry: 'unknown',
    means: 'The program that looks for text on pictures was ended, or did not end in time; nothing was decided.',
    action: 'Redo it; if it comes again with the same image, reject the image.',
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
  // archive and serving
  'archive-unavailable': {
    retry: 'later',
    http: 503,
    means: 'The archive catalogue cannot be reached.',
    action: 'Start the database.',
  },
  'blob-missing': {
    retry: 'later',
    http: 500,
    means: 'A stored object is not where the catalogue says.',
    action: 'Run a scrub; restore the object from a backup.',
  },
  'blob-damaged': {
    retry: 'never',
    http: 500,
    means: 'A stored object does not match its SHA-256.',
    action: 'Restore the object from a backup.',
  },
  conflict: {
    retry: 'never',
    http: 409,
    means: 'The same SOP Instance UID is already archived with other contents.',
    action: 'The first is kept and the conflict is recorded; find out which device reuses identifiers.',
  },
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
  'backup-missing': {
    retry: 'never',
    means: 'There is no whole backup there.',
    action: 'Name the folder that `sluice backup` wrote into, and one of its times.',
  },
  'backup-damaged': {
    retry: 'never',
    means: 'A file of the backup is not what it was.',
    action: 'Run `sluice backup --check` over it; take another one.',
  },
  'backup-of-another-version': {
    retry: 'never',
    means: 'The backup was taken by a version whose tables are others.',
    action: 'Restore it with the version that its manifest.json names, then upgrade.',
  },
  'home-not-empty': {
    retry: 'never',
    means: 'There is something where the backup should go.',
    action: 'Restore into an empty home; nothing was changed.',
  },
  'keys-beside-backup': {
    retry: 'never',
    means: 'Keys may not stand in the folder of the backup: together they say who is who.',
    action: 'Give --keys a folder elsewhere, best on another disk.',
  },
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

export type FaultCode = keyof typeof FAULTS

/**
 * A failure with a code from the table. `where` holds positions only (tag path, offset, line, a reference of ours):
 * never an attribute's value.
 */
export class Fault extends Error {
  readonly code: FaultCode
  readonly where: Readonly<Record<string, string | number>>

  constructor(code: FaultCode, where: Readonly<Record<string, string | number>> = {}, cause?: unknown) {
    const place = Object.entries(where).map(([key, value]) => `${key} ${value}`)
    super([FAULTS[code].means, ...(place.length ? [`(${place.join(', ')})`] : [])].join(' '), { cause })
    this.name = 'Fault'
    this.code = code
    this.where = where
  }

  /** What to do about it, from the table. */
  get action(): string {
    return FAULTS[this.code].action
  }

  get entry(): Entry {
    return FAULTS[this.code]
  }
}
