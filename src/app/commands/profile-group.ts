/** `sluice profile …`: its part of the command line; the work is loaded when it is asked for. */
import type { Command } from 'commander'
import type { ProfileCommandOptions, ShowOptions } from './profile.ts'

export function addProfile(program: Command): void {
  const profile = program.command('profile').description('what a de-identification profile amounts to')
  const withOptions = (command: Command): Command =>
    command.option('--sop-class <uid>', 'resolve compound codes for this SOP class').option('--json', 'for programs')
  withOptions(profile.command('show').description('its effective table').argument('[file]', 'a profile in YAML'))
    .option('-c, --config <file>', 'the configuration', 'sluice.yaml')
    .option('--project <name>', 'the profile of a project of the configuration, in place of a file')
    .action(async (file: string | undefined, options: ShowOptions) =>
      (await import('./profile.ts')).profileShow(file, options),
    )
  withOptions(
    profile
      .command('diff')
      .description('what two profiles do differently')
      .argument('<before>', 'a profile in YAML')
      .argument('<after>', 'another'),
  ).action(async (before: string, after: string, options: ProfileCommandOptions) =>
    (await import('./profile.ts')).profileDiff(before, after, options),
  )
}
