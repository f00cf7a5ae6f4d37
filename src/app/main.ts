/** The command line. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { Fault } from '../base/index.ts'
import { addUnits } from './commands/units-command.ts'
import { addReidentify, addVault } from './commands/vault-group.ts'
import type { DeidentifyOptions } from './commands/deidentify.ts'
import { addAct } from './commands/act-group.ts'
import { addBackup } from './commands/backup-group.ts'
import { addProfile } from './commands/profile-group.ts'
import { addQuarantine } from './commands/quarantine-group.ts'

/** what commands take; each command's code is loaded when it is asked for */
interface Config {
  readonly config: string
  readonly json?: boolean
}
interface InitOptions extends Config {
  readonly pacs: string
  readonly calling: string
}

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
  version: string
}

const program = new Command('sluice')
  .description(
    'Stands in the line between devices and their archive, passes every byte on, and gives research a de-identified copy.',
  )
  .version(version, '-V, --version')
  .exitOverride()
  .showHelpAfterError()
const withConfig = (command: Command): Command =>
  command.option('-c, --config <file>', 'the configuration', 'sluice.yaml')

withConfig(
  program.command('up').description('run everything; prints one JSON line with the ports when all of it is ready'),
)
  .addHelpText(
    'after',
    '\nSIGTERM drains, SIGHUP reloads the configuration. Without a configuration one is written, with the demo hospital on.',
  )
  .action(async (options: Config) => (await import('./commands/up.ts')).up(options))
withConfig(
  program
    .command('init')
    .description('write a first configuration for a real PACS')
    .requiredOption('--pacs <AE@host:port>', 'the archive behind the link'),
)
  .option('--calling <AE>', 'our AE title for the C-ECHO', 'SLUICE')
  .option('--json', 'for programs')
  .addHelpText('after', '\nExample: sluice init --pacs PACS@10.0.0.5:104')
  .action(async (options: InitOptions) => (await import('./commands/init.ts')).init(options))
withConfig(
  program.command('check').description('name every mistake of the configuration; exits with 2 when there is one'),
)
  .option('--json', 'for programs')
  .action(async (options: Config) => (await import('./commands/check.ts')).check(options))
program
  .command('demo')
  .description('the demo hospital in a folder of its own')
  .option('--home <folder>', 'where it keeps its data', 'sluice-demo')
  .action(async (options: { home: string }) => (await import('./commands/demo.ts')).demo(options))
withConfig(program.command('doctor').description('look at ports, disk, clock and PACS'))
  .option('--json', 'for programs')
  .action(async (options: Config) => (await import('./commands/doctor.ts')).doctor(options))
program
  .command('deidentify')
  .description('the gate over files and folders, without any server')
  .argument('<in>', 'a file or folder')
  .argument('<out>', 'the folder for what is cleared')
  .option('--project <name>', 'whose pseudonyms', 'project')
  .option('--key <file>', 'a secret of 32 bytes, made when missing; without it pseudonyms are of this run alone')
  .option('--profile <file>', 'a profile in YAML; without it the Basic Profile with the two options below')
  .option('--dates <how>', 'removed or shifted', 'removed')
  .option('--keep-patient-characteristics', 'sex, age, size, weight')
  .addHelpText('after', '\nA line of JSON an instance on standard output; exit code 1 when anything was quarantined.')
  .action(async (input: string, output: string, options: DeidentifyOptions) =>
    (await import('./commands/deidentify.ts')).deidentifyCommand(input, output, options),
  )
addVault(program)
addReidentify(program)
addProfile(program)
addAct(program)
addQuarantine(program)
addBackup(program)
addUnits(program)
const hl7 = program
  .command('hl7')
  .description('look at HL7 v2 messages and ASTM records: files, folders, captured MLLP streams')
hl7
  .command('show')
  .description('every field with its name')
  .argument('<path...>', 'files or folders')
  .option('--json', 'a line a message')
  .action(async (paths: string[], options: { json?: boolean }) =>
    (await import('./commands/hl7.ts')).showMessages(paths, options),
  )
hl7
  .command('check')
  .description('a line a message: type, character set, what is odd; exits with 1 when one cannot be read')
  .argument('<path...>', 'files or folders')
  .option('--json', 'for programs')
  .action(async (paths: string[], options: { json?: boolean }) =>
    (await import('./commands/hl7.ts')).checkMessages(paths, options),
  )
hl7
  .command('unify')
  .description('every result in the unified unit beside what was sent; exits with 1 when one stays open')
  .argument('<path...>', 'files or folders')
  .option('-c, --config <file>', 'a configuration with tables of the site’s own')
  .option('--json', 'a line a message')
  .action(async (paths: string[], options: { json?: boolean; config?: string }) =>
    (await import('./commands/hl7.ts')).unifyMessages(paths, options),
  )
hl7
  .command('unmapped')
  .description('codes that no table maps yet, with the number of messages that wait for each')
  .option('-c, --config <file>', 'configuration file', 'sluice.yaml')
  .option('--json', 'for programs')
  .action(async (options: { config: string; json?: boolean }) =>
    (await import('./commands/unmapped.ts')).listUnmapped(options),
  )
program
  .command('version')
  .description('what this is')
  .option('--json', 'for programs')
  .action(({ json }: { json?: boolean }) =>
    console.log(
      json
        ? JSON.stringify({ name: 'sluice', version, node: process.version })
        : `sluice ${version} (Node.js ${process.version})`,
    ),
  )

/** A path is not said: names of files may name patients. */
function refusedBySystem(error: unknown): Fault | undefined {
  const { code, syscall } = error instanceof Error ? (error as NodeJS.ErrnoException) : {}
  return code && syscall ? new Fault('system-refused', { what: code, call: syscall }, error) : undefined
}

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else {
    const fault = error instanceof Fault ? error : refusedBySystem(error)
    if (fault) console.error(`sluice: ${fault.message}\n${fault.action}`)
    else console.error('sluice:', error)
    process.exitCode = fault && /^(config|option|file)-/.test(fault.code) ? 2 : 1
  }
}
