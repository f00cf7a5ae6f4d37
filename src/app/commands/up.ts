/** `sluice up` */
import { existsSync, writeFileSync } from 'node:fs'
import { log } from '../../base/index.ts'
import { demoConfig, readConfig } from '../config/index.ts'
import { supervise, type Supervisor } from '../roles/supervisor.ts'
import { configurationOr2, mistakeLine, SCHEMA_FILE } from './configuration.ts'

const PAGES = { web: 'Research:', operate: 'Operator:' }

export async function up({ config: file }: { readonly config: string }): Promise<void> {
  if (!existsSync(file)) {
    writeFileSync(file, demoConfig(SCHEMA_FILE), { flag: 'wx' })
    console.error(`There was no ${file}: one was written, with the demo hospital switched on.`)
  }
  const config = configurationOr2(file)
  if (!config) return
  const supervisor = supervise(config, {
    began: (page, token) =>
      console.error(`\n  ${PAGES[page]}  this page began again; its address is now /#bootstrap=${token}\n`),
    missing: ({ message, action }) =>
      console.error(`sluice: ${message}\n${action}\nTraffic passes meanwhile, and this is tried again.`),
  })
  answerSignals(supervisor, file)
  const { bootstrap, ...ports } = await (await supervisor).ready
  console.log(JSON.stringify({ ready: true, pid: process.pid, ...ports }))
  const addresses = (['web', 'operate'] as const)
    .filter((page) => bootstrap[page])
    .map((page) => `  ${PAGES[page]}  ${ports[page]}/#bootstrap=${bootstrap[page]}`)
  // in one write: a program that has read the first address has the second too
  if (addresses.length > 0)
    console.error(
      ['', ...addresses, '', '  Each address makes the first account, once, within 15 minutes.', ''].join('\n'),
    )
}

function answerSignals(supervisor: Promise<Supervisor>, file: string): void {
  let draining = false
  const drain = async (): Promise<void> => {
    // told twice: at once
    if (draining) process.exit(1)
    draining = true
    log.info('draining')
    await (await supervisor).drain()
    process.exit(0)
  }
  process.on('SIGTERM', () => void drain())
  process.on('SIGINT', () => void drain())
  process.on('SIGHUP', () => void supervisor.then((running) => reload(running, file)))
}

/** A broken new configuration leaves the old one in force. */
function reload(supervisor: Supervisor, file: string): void {
  try {
    const { config, mistakes } = readConfig(file)
    for (const mistake of mistakes) console.error(mistakeLine(mistake))
    if (!config)
      return log.error('the new configuration has mistakes; the old one stays in force', { mistakes: mistakes.length })
    supervisor.reload(config)
    log.info('the configuration was read again')
  } catch (error) {
    log.error('the new configuration could not be put in force; the old one stays', {}, error)
  }
}
