/** `sluice units`: its part of the command line; the work is loaded when it is asked for. */
import type { Command } from 'commander'
import type { UnitsOptions } from './units.ts'

export function addUnits(program: Command): void {
  program
    .command('units')
    .description('what a laboratory value becomes: UCUM, the unified unit, ranges, and by which rule')
    .argument('[value]', 'a number with its unit, or a unit, as it is written')
    .option('--analyte <name>', 'a concept, a LOINC code or a name: creatinine, 14682-9, Креатинин')
    .option('--range <text>', 'the maker’s reference range, as it is written')
    .option('--sex <M|F>', 'for ranges that depend on it')
    .option('--age <years>', 'for ranges that depend on it')
    .option('--analytes', 'list the concepts that are known')
    .option('-c, --config <file>', 'with the tables of this configuration')
    .option('--json', 'for programs')
    .addHelpText(
      'after',
      '\nExit code 1 where the value stays ambiguous or is refused.\nExample: sluice units "10 мкмоль/л" --analyte creatinine',
    )
    .action(async (value: string | undefined, options: UnitsOptions) =>
      (await import('./units.ts')).unitsCommand(value, options),
    )
}
