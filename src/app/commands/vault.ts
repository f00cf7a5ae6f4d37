/** `sluice vault …`: what an administrator does with the vault. */
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../base/index.ts'
import {
  joinKey,
  KEY_BYTES,
  keyOf,
  splitKey,
  type Custodian,
  type Identity,
  type Vault,
} from '../../deidentify/index.ts'
import type { Config } from '../config/index.ts'
import { placesOf } from '../roles/places.ts'
import { administrator, withVault } from '../vault-access.ts'
import { asking, type Asked } from './ask.ts'
import { configurationOr2 } from './configuration.ts'

export interface VaultOptions {
  readonly config: string
  readonly json?: boolean
}

const keyPath = (config: Config): string => {
  if (config.vault?.keyCommand)
    throw new Fault('config-invalid', { what: 'vault.keyCommand holds the key, not a file' })
  return config.vault?.keyFile ?? placesOf(config.home).vaultKey
}

async function inVault(options: VaultOptions, work: (vault: Vault, config: Config) => Promise<void>): Promise<void> {
  const config = configurationOr2(options.config)
  if (config) await withVault(config, (vault) => work(vault, config))
}

/** Questions end with the command, whatever became of it. */
async function withQuestions<T>(work: (ask: Asked) => Promise<T>): Promise<T> {
  const ask = asking()
  try {
    return await work(ask)
  } finally {
    ask.close()
  }
}

export const epoch = (project: string, options: VaultOptions): Promise<void> =>
  inVault(options, async (vault, config) => {
    known(config, project)
    const number = await vault.openEpoch(project, administrator())
    tell(
      options,
      { project, epoch: number },
      `Epoch ${number} of ${project}: new pseudonyms, UIDs and dates from now on.`,
    )
  })

export interface DestroyOptions extends VaultOptions {
  readonly purpose: string
  readonly reference: string
  readonly yes?: boolean
}

export const destroy = (project: string, options: DestroyOptions): Promise<void> =>
  inVault(options, async (vault) => {
    const { purpose, reference } = options
    if (!options.yes) {
      const typed = await withQuestions((ask) => ask(`This cannot be undone. Type the project’s name (${project})`))
      if (typed !== project) throw new Fault('option-invalid', { what: 'the name typed is another' })
    }
    const pseudonyms = await vault.destroyKeys(project, { who: administrator(), purpose, reference })
    tell(
      options,
      { project, pseudonyms },
      `The keys of ${project} and ${pseudonyms} pseudonyms are destroyed: its data is anonymous.`,
    )
  })

/** The new key stands beside the old one until the database has it: whatever is cut short, one of the two opens the vault. */
export const rekey = (options: VaultOptions): Promise<void> =>
  inVault(options, async (vault, config) => {
    const path = keyPath(config)
    const next = randomBytes(KEY_BYTES)
    writeFileSync(`${path}.next`, next, { mode: 0o600, flag: 'wx', flush: true })
    const keys = await vault.wrapAnew(keyOf(next), administrator())
    renameSync(`${path}.next`, path)
    tell(
      options,
      { keys },
      `${keys} keys are wrapped anew. Start Sluice again, split the key again, and destroy copies of the old one.`,
    )
  })

export interface SplitOptions extends VaultOptions {
  readonly shares: string
  readonly out: string
}

export async function split(options: SplitOptions): Promise<void> {
  const config = configurationOr2(options.config)
  if (!config) return
  const count = Number(options.shares)
  if (!Number.isInteger(count) || count < 2 || count > 16) throw new Fault('option-invalid', { option: '--shares' })
  const path = keyPath(config)
  if (!existsSync(path)) throw new Fault('vault-key-missing', { file: path })
  const shares = await splitKey(readFileSync(path), count)
  const files = shares.map((share, at) => {
    const file = join(options.out, `vault-share-${at + 1}-of-${count}.txt`)
    writeFileSync(file, `${Buffer.from(share).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
    return file
  })
  tell(
    options,
    { files },
    `${files.join('\n')}\nGive each to another person; any two bring the key back: sluice vault join A B`,
  )
}

export async function joinShares(files: readonly string[], options: VaultOptions): Promise<void> {
  const config = configurationOr2(options.config)
  if (!config) return
  const path = keyPath(config)
  const shares = files.map((file) => Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url'))
  const key = Buffer.from(await joinKey(shares))
  // the vault says whether it is the one, before the file is there
  const trial = `${path}.joined`
  writeFileSync(trial, key, { mode: 0o600 })
  await withVault({ ...config, vault: { ...config.vault, keyFile: trial } }, () => Promise.resolve())
  renameSync(trial, path)
  tell(options, { file: path }, `The key is back: ${path}`)
}

export interface CustodyOptions extends VaultOptions {
  readonly custodian: readonly string[]
  readonly by?: readonly string[]
}

export const custody = (options: CustodyOptions): Promise<void> =>
  inVault(options, (vault) =>
    withQuestions(async (ask) => {
      const by = await passphrases(ask, options.by ?? [], 'passphrase until now of')
      const custodians = await passphrases(ask, options.custodian, 'new passphrase of')
      await vault.takeCustody(custodians, by, administrator())
      tell(
        options,
        { custodians: options.custodian },
        `${options.custodian.join(', ')}: any two of them can answer who somebody is.`,
      )
    }),
  )

async function passphrases(ask: Asked, names: readonly string[], what: string): Promise<readonly Custodian[]> {
  const custodians = []
  for (const name of names) custodians.push({ name, passphrase: await ask(`${what} ${name}`, 'hidden') })
  return custodians
}

/** Numbers of patients are asked for, so that they stand in no list of commands. */
export const merge = (options: VaultOptions): Promise<void> =>
  inVault(options, (vault) =>
    withQuestions(async (ask) => {
      const identity = async (which: string): Promise<Identity> => ({
        patientID: await ask(`${which}: patient number`),
        issuer: await ask(`${which}: issuer (empty if there is none)`),
      })
      const [from, into] = [await identity('the number that was wrong'), await identity('the number that stays')]
      const merged = await vault.merge(from, into, administrator())
      tell(options, { merged }, merged ? 'The two are one person from now on.' : 'They were one person already.')
    }),
  )

export const ledger = (options: VaultOptions): Promise<void> =>
  inVault(options, async (vault) => {
    const lines = await vault.ledger()
    for (const line of lines)
      console.log(
        options.json
          ? JSON.stringify(line)
          : `${line.seq}  ${line.at}  ${line.who}  ${line.event}  ${Object.entries(line.details)
              .map(([key, value]) => `${key}=${value}`)
              .join(' ')}`,
      )
    if (!options.json)
      console.error(
        `\n${lines.length} lines, each following from the one before. Last hash: ${lines.at(-1)?.hash ?? '-'}`,
      )
  })

function known({ projects }: Config, project: string): void {
  if (!projects.some(({ name }) => name === project)) throw new Fault('project-unknown', { project })
}

const tell = ({ json }: VaultOptions, fact: object, sentence: string): void =>
  console.log(json ? JSON.stringify(fact) : sentence)
