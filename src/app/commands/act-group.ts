/** `sluice act`: its part of the command line; the work is loaded when it is asked for. */
import type { Command } from 'commander'
import type { ActOptions } from './act.ts'

export function addAct(program: Command): void {
  program
    .command('act')
    .description('the act of de-identification of a project over a period')
    .option('-c, --config <file>', 'the configuration', 'sluice.yaml')
    .requiredOption('--project <name>', 'of the configuration')
    .requiredOption('--from <day>', 'YYYY-MM-DD, the first day')
    .requiredOption('--to <day>', 'YYYY-MM-DD, the last day')
    .option('--language <ru|en>', 'of the act', 'ru')
    .option('--out <file>', 'a file that ends with .html or .pdf; HTML on standard output without it')
    .option('--json', 'its facts, for programs')
    .action(async (options: ActOptions) => (await import('./act.ts')).act(options))
}
