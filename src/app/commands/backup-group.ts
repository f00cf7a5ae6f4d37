/** `sluice backup` and `sluice restore` on the command line; what they do is loaded when it is asked for. */
import type { Command } from 'commander'
import type { BackupOptions, RestoreOptions } from './backup.ts'

export function addBackup(program: Command): void {
  program
    .command('backup')
    .description(
      'copy everything while Sluice runs, what is clinical and what is research apart; never the keys beside',
    )
    .argument('<dir>', 'where each half has a folder of its own')
    .option('-c, --config <file>', 'the configuration', 'sluice.yaml')
    .option('--part <half>', 'clinical or research alone')
    .option('--keys <folder>', 'copy the key files into a folder elsewhere')
    .option('--check', 'instead read a backup to its end, and load its databases for a moment')
    .option('--at <time>', 'with --check: which backup; the newest without it')
    .option('--json', 'for programs')
    .addHelpText('after', '\nExit code 1 when something cannot be copied, or is not whole.')
    .action(async (folder: string, options: BackupOptions) => (await import('./backup.ts')).backup(folder, options))
  program
    .command('restore')
    .description('bring a backup back into an empty home; Sluice must not run')
    .argument('<dir>', 'what `sluice backup` wrote into')
    .option('-c, --config <file>', 'the configuration', 'sluice.yaml')
    .option('--part <half>', 'clinical or research alone')
    .option('--keys <folder>', 'where the key files are; without it they have to be in place')
    .option('--at <time>', 'which backup; the newest without it')
    .option('--json', 'for programs')
    .action(async (folder: string, options: RestoreOptions) => (await import('./backup.ts')).restore(folder, options))
}
