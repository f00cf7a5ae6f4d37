/** The groups `sluice vault` and `sluice reidentify` of the command line; what they do is loaded when it is asked for. */
import type { Command } from 'commander'
import type { AsCustodian, ReidentifyOptions, RequestOptions } from './reidentify.ts'
import type { CustodyOptions, DestroyOptions, SplitOptions, VaultOptions } from './vault.ts'

const load = () => import('./vault.ts')
const loadReidentify = () => import('./reidentify.ts')
const common = (command: Command): Command =>
  command.option('-c, --config <file>', 'the configuration', 'sluice.yaml').option('--json', 'for programs')

export function addVault(program: Command): void {
  const group = program.command('vault').description('keys of projects, persons, custody, the ledger')
  common(group.command('epoch').argument('<project>').description('new keys for a project from now on')).action(
    async (project: string, options: VaultOptions) => (await load()).epoch(project, options),
  )
  common(
    group.command('destroy').argument('<project>').description('destroy a project’s keys: its data becomes anonymous'),
  )
    .requiredOption('--purpose <text>', 'why')
    .requiredOption('--reference <text>', 'the decision that it follows')
    .option('--yes', 'do not ask')
    .action(async (project: string, options: DestroyOptions) => (await load()).destroy(project, options))
  common(group.command('rekey').description('another key to wrap all keys with')).action(
    async (options: VaultOptions) => (await load()).rekey(options),
  )
  common(group.command('split').description('the vault’s key in shares, any two of which bring it back'))
    .option('--shares <count>', 'how many', '3')
    .option('--out <folder>', 'where the files go', '.')
    .action(async (options: SplitOptions) => (await load()).split(options))
  common(group.command('join').argument('<files...>').description('bring the vault’s key back from two shares')).action(
    async (files: string[], options: VaultOptions) => (await load()).joinShares(files, options),
  )
  common(group.command('custody').description('who may say, two together, who somebody is'))
    .requiredOption('--custodian <names...>', 'two or more; each types a passphrase')
    .option('--by <names...>', 'two of those who could until now')
    .action(async (options: CustodyOptions) => (await load()).custody(options))
  common(group.command('merge').description('two numbers are one person’s; the numbers are asked for')).action(
    async (options: VaultOptions) => (await load()).merge(options),
  )
  common(group.command('ledger').description('everything that was done with the vault, verified')).action(
    async (options: VaultOptions) => (await load()).ledger(options),
  )
}

export function addReidentify(program: Command): void {
  const group = program.command('reidentify').description('who somebody is: one custodian asks, another decides')
  const as = (command: Command): Command => common(command).requiredOption('--as <custodian>', 'who you are')
  as(group.command('request').argument('<project>').argument('<pseudonym>').description('ask'))
    .requiredOption('--purpose <text>', 'why')
    .requiredOption('--reference <text>', 'the decision that it follows')
    .action(async (project: string, pseudonym: string, options: RequestOptions) =>
      (await loadReidentify()).request(project, pseudonym, options),
    )
  for (const decision of ['approve', 'refuse'] as const)
    as(group.command(decision).argument('<id>').description(`${decision} what another custodian asked`)).action(
      async (id: string, options: AsCustodian) => (await loadReidentify()).decide(id, decision, options),
    )
  as(group.command('answer').argument('<id>').description('read the answer to your own request, once')).action(
    async (id: string, options: AsCustodian) => (await loadReidentify()).answer(id, options),
  )
  common(group.command('list').description('requests and their states')).action(async (options: ReidentifyOptions) =>
    (await loadReidentify()).list(options),
  )
}
