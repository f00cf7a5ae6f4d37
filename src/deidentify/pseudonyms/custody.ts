/**
 * Who may learn who somebody is: custodians, two of whom have to agree. What people are called outside is sealed to a key
 * whose private half exists only in shares (Shamir, two of all), each sealed to one custodian, whose own key opens with a
 * passphrase that nobody else has. The database and all other keys together do not answer.
 */
import { argon2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import { combine, split } from 'shamir-secret-sharing'
import { Fault } from '../../base/index.ts'
import { newKeyPair, open, openWith, seal, sealTo } from './seal.ts'
import type { Tables } from './tables.ts'

export interface Custodian {
  readonly name: string
  readonly passphrase: string
}

type Row = Tables['custodian']

export const THRESHOLD = 2
const SHORTEST = 12
const derive = promisify(argon2)
/** RFC 9106 §4, second recommended option */
const PARAMETERS = { parallelism: 4, tagLength: 32, memory: 65_536, passes: 3 }
const passphraseKey = (passphrase: string, nonce: Uint8Array): Promise<Buffer> =>
  derive('argon2id', { ...PARAMETERS, message: passphrase.normalize('NFKC'), nonce })

/** @throws Fault 'custody-too-few' when they are not at least two people with passphrases of twelve characters */
export async function sharesFor(privateKey: Uint8Array, custodians: readonly Custodian[]): Promise<readonly Row[]> {
  const names = new Set(custodians.map(({ name }) => name.trim()).filter((name) => name !== ''))
  if (names.size < THRESHOLD || names.size !== custodians.length) throw new Fault('custody-too-few')
  if (custodians.some(({ passphrase }) => passphrase.length < SHORTEST)) throw new Fault('passphrase-too-short')
  const shares = await split(Uint8Array.from(privateKey), custodians.length, THRESHOLD)
  return Promise.all(
    custodians.map(async ({ name, passphrase }, at) => {
      const own = newKeyPair()
      const salt = randomBytes(16)
      return {
        name: name.trim(),
        salt,
        public_key: own.publicKey,
        sealed_private_key: seal(await passphraseKey(passphrase, salt), own.privateKey, `custodian ${name.trim()}`),
        sealed_share: sealTo(own.publicKey, shares[at] as Uint8Array, 'share'),
      }
    }),
  )
}

/** @throws Fault 'custodian-unknown', whether the name or the passphrase is wrong */
export async function unlock(row: Row | undefined, { name, passphrase }: Custodian): Promise<Buffer> {
  const key = await passphraseKey(passphrase, row?.salt ?? randomBytes(16))
  try {
    if (row) return open(key, row.sealed_private_key, `custodian ${name}`)
  } catch {
    // told below, the same way
  }
  throw new Fault('custodian-unknown')
}

export const shareOf = (row: Row, privateKey: Uint8Array): Buffer => openWith(privateKey, row.sealed_share, 'share')

/** @param shares of two custodians */
export const together = async (shares: readonly Uint8Array[]): Promise<Buffer> =>
  Buffer.from(await combine(shares.map((share) => Uint8Array.from(share))))

/** A share of one, handed to another for one request and readable to nobody else. */
export const contribute = (publicKey: Uint8Array, share: Uint8Array, request: string): string =>
  sealTo(publicKey, share, `share for ${request}`).toString('base64')

export const contributionOf = (contribution: string, privateKey: Uint8Array, request: string): Buffer =>
  openWith(privateKey, Buffer.from(contribution, 'base64'), `share for ${request}`)
