/** The gate. */
import type { Entry } from './entry.ts'

export const GATE = {
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
  'worker-died': {
    retry: 'unknown',
    means: 'What de-identifies ended twice, without a word, while it had this in hand.',
    action: 'Report it with the reference; redo it with a newer version, or with more memory.',
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
} as const satisfies Record<string, Entry>
