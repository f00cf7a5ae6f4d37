/** Passwords by argon2id (RFC 9106), as text of salt and tag. */
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const derive = promisify(argon2)
const PARAMETERS = { parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 }

/** what a name that nobody has is compared with, so that it takes as long as a wrong password */
export const NOBODYS_PASSWORD = `argon2id ${'A'.repeat(22)} AAAA`

/** @returns `argon2id SALT TAG` in base64url */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await derive('argon2id', { ...PARAMETERS, message: password, nonce })
  return `argon2id ${nonce.toString('base64url')} ${tag.toString('base64url')}`
}

/** @param stored what `hashPassword` gave */
export async function passwordMatches(password: string, stored: string): Promise<boolean> {
  const [, nonce = '', tag = ''] = stored.split(' ')
  const derived = await derive('argon2id', { ...PARAMETERS, message: password, nonce: Buffer.from(nonce, 'base64url') })
  const expected = Buffer.from(tag, 'base64url')
  return derived.length === expected.length && timingSafeEqual(derived, expected)
}
