/** docs/limits.md from the table of limits. */
import { LIMITS } from '../../src/standards/dicom/index.ts'

export function limitsDocument(): string {
  const rows = Object.entries(LIMITS).map(
    ([name, { value, unit, of, why }]) => `| \`${name}\` | ${value.toLocaleString('en')} ${unit} | ${of} | ${why} |`,
  )
  return `# Limits\n\nWhat hostile or broken input is held to. Over a limit: the observer stops reading that association and says so, our own\nendpoints refuse with \`limit-exceeded\`; bytes on the clinical side pass in either case. Generated from\n\`src/standards/dicom/limits.ts\`.\n\n| name | limit | of what | why |\n|---|---|---|---|\n${rows.join('\n')}\n`
}
