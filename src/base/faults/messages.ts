/** Messages and documents. */
import type { Entry } from './entry.ts'

export const MESSAGES = {
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
} as const satisfies Record<string, Entry>
