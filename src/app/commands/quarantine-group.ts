/** The group `sluice quarantine` of the command line; what it does is loaded when it is asked for. */
import type { Command } from 'commander'
import type { QuarantineOptions, RedoOptions, RejectOptions, ReleaseOptions } from './quarantine.ts'

const load = () => import('./quarantine.ts')
const common = (command: Command): Command =>
  command.option('-c, --config <file>', 'the configuration', 'sluice.yaml').option('--json', 'for programs')

export function addQuarantine(program: Command): void {
  const group = program
    .command('quarantine')
    .description('what the gate kept back, in a running Sluice: look, try again, release with a rule, reject')
  common(group.command('list').description('what is there and why, newest first')).action(
    async (options: QuarantineOptions) => (await load()).list(options),
  )
  common(group.command('show').argument('<ref>').description('what kind of object it is; nothing of whom')).action(
    async (ref: string, options: QuarantineOptions) => (await load()).show(ref, options),
  )
  common(
    group
      .command('redo')
      .argument('[ref...]')
      .description('through the gate again, under the rules, projects and profiles of now'),
  )
    .option('--all', 'everything that is there')
    .addHelpText('after', '\nOnly what is archived leaves quarantine; exit code 1 when anything stays.')
    .action(async (refs: string[], options: RedoOptions) => (await load()).redo(refs, options))
  common(
    group
      .command('release')
      .argument('<ref...>')
      .description('through the gate again, with a rule for these objects alone'),
  )
    .requiredOption('--rule <file>', 'YAML: options that clean, rows, regions or documents, as in a profile')
    .requiredOption('--reason <text>', 'what was looked at and why the rule is right, for those who ask later')
    .addHelpText(
      'after',
      '\nThe gate verifies as ever: only what is archived leaves quarantine; exit code 1 when anything stays.',
    )
    .action(async (refs: string[], options: ReleaseOptions) => (await load()).release(refs, options))
  common(group.command('reject').argument('<ref...>').description('delete for good, with the reason written down'))
    .requiredOption('--reason <text>', 'why, for those who ask later')
    .action(async (refs: string[], options: RejectOptions) => (await load()).reject(refs, options))
}
