/** docs/limits.md from the tables of limits. */
import { LIMITS } from '../../src/standards/dicom/index.ts'
import { XML_LIMITS } from '../../src/standards/cda/index.ts'
import { MESSAGE_LIMITS } from '../../src/standards/hl7/index.ts'

export const limitsDocument = (): string => `# Limits

What hostile or broken input is held to. Over a limit: the observer stops reading that association or skips that message and says
so, our own endpoints refuse with \`limit-exceeded\`; bytes on the clinical side pass in either case.

## DICOM
Generated from \`src/standards/dicom/limits.ts\`.

${table(LIMITS)}

## Messages
Generated from \`src/standards/hl7/limits.ts\`.

${table(MESSAGE_LIMITS)}

## Clinical documents
Generated from \`src/standards/cda/limits.ts\`.

${table(XML_LIMITS)}
`

function table(limits: Readonly<Record<string, { value: number; unit: string; of: string; why: string }>>): string {
  const rows = Object.entries(limits).map(
    ([name, { value, unit, of, why }]) => `| \`${name}\` | ${value.toLocaleString('en')} ${unit} | ${of} | ${why} |`,
  )
  return ['| name | limit | of what | why |', '|---|---|---|---|', ...rows].join('\n')
}
