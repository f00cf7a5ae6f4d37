/** The options of PS3.15 Annex E §E.3, with their column in Table E.1-1 and their code in PS3.16 CID 7050. */
export interface ConfidentialityOption {
  readonly name: OptionName
  /** of its column in our form of Table E.1-1; absent for what works on pixels alone */
  readonly letter?: OptionLetter
  readonly code: string
  readonly meaning: string
  readonly section: string
}

export type OptionName = (typeof OPTION_NAMES)[number]
export type OptionLetter = 'U' | 'E' | 'I' | 'P' | 'F' | 'M' | 'T' | 'S' | 'G' | 'V'

export const OPTION_NAMES = [
  'clean-pixel-data',
  'clean-recognizable-visual-features',
  'clean-graphics',
  'clean-structured-content',
  'clean-descriptors',
  'retain-uids',
  'retain-device-identity',
  'retain-institution-identity',
  'retain-patient-characteristics',
  'retain-longitudinal-full-dates',
  'retain-longitudinal-modified-dates',
  'retain-safe-private',
] as const

const TABLE = `
  clean-pixel-data                    .  113101  E.3.1   Clean Pixel Data Option
  clean-recognizable-visual-features  .  113102  E.3.2   Clean Recognizable Visual Features Option
  clean-graphics                      G  113103  E.3.3   Clean Graphics Option
  clean-structured-content            S  113104  E.3.4   Clean Structured Content Option
  clean-descriptors                   T  113105  E.3.5   Clean Descriptors Option
  retain-longitudinal-full-dates      F  113106  E.3.6   Retain Longitudinal Temporal Information Full Dates Option
  retain-longitudinal-modified-dates  M  113107  E.3.6   Retain Longitudinal Temporal Information Modified Dates Option
  retain-patient-characteristics      P  113108  E.3.7   Retain Patient Characteristics Option
  retain-device-identity              E  113109  E.3.8   Retain Device Identity Option
  retain-uids                         U  113110  E.3.9   Retain UIDs Option
  retain-safe-private                 V  113111  E.3.10  Retain Safe Private Option
  retain-institution-identity         I  113112  E.3.11  Retain Institution Identity Option
`

/** the profile itself, in the same context group */
export const BASIC_PROFILE_CODE = { code: '113100', meaning: 'Basic Application Confidentiality Profile' } as const

export const CONFIDENTIALITY_OPTIONS: readonly ConfidentialityOption[] = TABLE.trim()
  .split('\n')
  .map((row) => {
    const [name, letter, code = '', section = '', ...meaning] = row.trim().split(/ +/)
    return {
      name: name as OptionName,
      ...(letter === '.' ? {} : { letter: letter as OptionLetter }),
      code,
      section,
      meaning: meaning.join(' '),
    }
  })
