/** `sluice reidentify …`: who somebody is, for two custodians with a purpose. */
import type { Custodian, Vault } from '../../deidentify/index.ts'
import { withVault } from '../vault-access.ts'
import { asking } from './ask.ts'
import { configurationOr2 } from './configuration.ts'

export interface ReidentifyOptions {
  readonly config: string
  readonly json?: boolean
}
export interface AsCustodian extends ReidentifyOptions {
  readonly as: string
}
export interface RequestOptions extends AsCustodian {
  readonly purpose: string
  readonly reference: string
}

export const request = (project: string, pseudonym: string, options: RequestOptions): Promise<void> =>
  asCustodian(options, async (vault, custodian) => {
    const { purpose, reference } = options
    const id = await vault.request(custodian, { project, pseudonym, purpose, reference })
    say(options, { id }, `Asked as ${id}. Another custodian decides: sluice reidentify approve ${id} --as NAME`)
  })

export const decide = (id: string, decision: 'approve' | 'refuse', options: AsCustodian): Promise<void> =>
  asCustodian(options, async (vault, custodian) => {
    await vault.decide(custodian, id, decision)
    say(
      options,
      { id, decision },
      decision === 'approve' ? `Approved. Whoever asked reads it once: sluice reidentify answer ${id}` : 'Refused.',
    )
  })

/** The one place where Sluice says who somebody is. */
export const answer = (id: string, options: AsCustodian): Promise<void> =>
  asCustodian(options, async (vault, custodian) => {
    const identities = await vault.answer(custodian, id)
    if (options.json) console.log(JSON.stringify({ id, identities }))
    else if (identities.length === 0)
      console.log('The person was last seen before there were custodians; nothing was kept that could say.')
    else for (const { patientID, issuer } of identities) console.log(`${patientID}\t${issuer}`)
  })

export async function list(options: ReidentifyOptions): Promise<void> {
  const config = configurationOr2(options.config)
  if (!config) return
  const requests = await withVault(config, (vault) => vault.requests())
  for (const one of requests)
    console.log(
      options.json
        ? JSON.stringify(one)
        : [
            one.id,
            one.state,
            one.project,
            one.pseudonym,
            `by ${one.requestedBy}`,
            one.requestedAt.toISOString(),
            `${one.purpose} (${one.reference})`,
          ].join('  '),
    )
}

async function asCustodian(
  options: AsCustodian,
  work: (vault: Vault, custodian: Custodian) => Promise<void>,
): Promise<void> {
  const config = configurationOr2(options.config)
  if (!config) return
  const ask = asking()
  try {
    const passphrase = await ask(`passphrase of ${options.as}`, 'hidden')
    await withVault(config, (vault) => work(vault, { name: options.as, passphrase }))
  } finally {
    ask.close()
  }
}

const say = ({ json }: ReidentifyOptions, fact: object, sentence: string): void =>
  console.log(json ? JSON.stringify(fact) : sentence)
