/** A de-identification profile as a site writes it, in sluice.yaml or in a file of its own. */
import { z } from 'zod'
import { OPTION_NAMES, VRS } from '../../standards/dicom/index.ts'
import { DOCUMENT_RULES, RELEASE_OPTIONS, ROW_ACTIONS } from '../../deidentify/index.ts'

const rowSchema = z
  .strictObject({
    path: z.string().max(2000).optional().describe('from the top: ReferencedSeriesSequence[].SeriesInstanceUID'),
    attribute: z.string().max(100).optional().describe('a keyword of PS3.6 or (gggg,eeee), at any depth'),
    private: z
      .strictObject({
        creator: z.string(),
        group: z.string().describe('four hexadecimal digits, odd, in quotes'),
        element: z.string().optional().describe('two hexadecimal digits, in quotes; without it all of the block'),
      })
      .optional()
      .describe('a private attribute, whatever block its creator took'),
    vr: z.enum(VRS).optional().describe('of what Table E.1-1 and other rows omit'),
    sopClass: z.string().optional().describe('only in instances of this SOP Class UID'),
    action: z.enum(ROW_ACTIONS).describe('a code of PS3.15 Table E.1-1, or what it leaves open'),
    to: z
      .union([z.string(), z.number()])
      .optional()
      .describe('generalise: year or month of a date, 090Y as the highest age, the step of a number'),
    values: z.array(z.string()).optional().describe('keepIfIn: what may stay'),
    value: z.string().optional().describe('D: the value to write'),
  })
  .describe('a rule of the site’s own')

const regionSchema = z
  .strictObject({
    name: z.string().min(1).max(100).describe('what reports say when it was blanked'),
    modality: z.string().optional().describe('as (0008,0060) says it'),
    manufacturer: z.string().max(200).optional().describe('a regular expression, capitals or not'),
    model: z.string().max(200).optional().describe('a regular expression, capitals or not'),
    imageType: z
      .string()
      .max(200)
      .optional()
      .describe('a regular expression over (0008,0008), its values joined by backslashes'),
    rows: z.int().min(1).optional(),
    columns: z.int().min(1).optional(),
    blank: z
      .union([
        z.literal('outside-ultrasound-regions'),
        z.array(
          z.strictObject({
            x: z.int().min(0),
            y: z.int().min(0),
            width: z.int().min(1),
            height: z.int().min(1),
            frame: z.int().min(0).optional().describe('from 0; every frame without it'),
          }),
        ),
      ])
      .describe('rectangles in pixels from the upper left, or all that lies in no ultrasound region (0018,6011)'),
  })
  .describe('where a device writes onto its pictures; all that is given has to agree')

export const profileSchema = z
  .strictObject({
    base: z.literal('basic').default('basic').describe('PS3.15 Basic Application Level Confidentiality Profile'),
    edition: z
      .union([z.string(), z.strictObject({ name: z.string().min(1).max(20), file: z.string() })])
      .optional()
      .describe(
        'of Table E.1-1; the newest that is here without it; another by name and file (docs/deidentification.md)',
      ),
    options: z.array(z.enum(OPTION_NAMES)).default([]).describe('options of PS3.15 Annex E'),
    wholeWeeks: z.boolean().optional().describe('dates are shifted by whole weeks, so that days of the week stay'),
    regions: z.array(regionSchema).optional().describe('what is blanked unread, under clean-pixel-data'),
    documents: z
      .enum(DOCUMENT_RULES)
      .optional()
      .describe('encapsulated PDF and CDA: quarantine (without this), or replace the document by a blank one'),
    rows: z.array(rowSchema).default([]).describe('the site’s own, before the table'),
  })
  .describe('what becomes of each attribute')

/** what may be said for one object in quarantine: parts of a profile that clean or decide, and none that retains */
export const releaseRuleSchema = z.strictObject({
  options: z.array(z.enum(RELEASE_OPTIONS)).optional(),
  rows: z.array(rowSchema).optional(),
  regions: z.array(regionSchema).optional(),
  documents: z.enum(DOCUMENT_RULES).optional(),
})
