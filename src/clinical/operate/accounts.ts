/** The operator's accounts: a file of mode 0600 in the clinical home, so that they work while every database is down. */
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { Fault } from '../../base/index.ts'
import { hashPassword, NOBODYS_PASSWORD, passwordMatches, SignIns } from '../../pages/index.ts'

const BOOTSTRAP_MS = 15 * 60_000
const SESSION_MS = 12 * 3600_000
const SHORTEST_PASSWORD = 8

interface Account {
  readonly name: string
  /** as `hashPassword` gives it */
  readonly password: string
}

/** as earlier builds kept it: salt and tag apart */
interface OlderAccount {
  readonly name: string
  readonly nonce: string
  readonly tag: string
}

export class Operators {
  readonly #file: string
  #accounts: readonly Account[]
  #bootstrap: { readonly hash: string; readonly until: number } | undefined
  readonly #sessions = new Map<string, { readonly name: string; readonly until: number }>()
  readonly #signIns = new SignIns()

  constructor(file: string) {
    this.#file = file
    const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as (Account | OlderAccount)[]) : []
    this.#accounts = kept.map((one) =>
      'password' in one ? one : { name: one.name, password: `argon2id ${urlBase64(one.nonce)} ${urlBase64(one.tag)}` },
    )
  }

  /** @returns a token for the first account, once, within 15 minutes; undefined when there are accounts */
  bootstrapToken(): string | undefined {
    if (this.#accounts.length) return undefined
    const token = randomBytes(24).toString('base64url')
    this.#bootstrap = { hash: hashOf(token), until: Date.now() + BOOTSTRAP_MS }
    return token
  }

  /** @throws Fault 'unauthenticated', 'bad-request' */
  async bootstrap(token: string, name: string, password: string): Promise<string> {
    if (!/^[\p{L}\p{N}._@-]{1,64}$/u.test(name) || password.length < SHORTEST_PASSWORD)
      throw new Fault('bad-request', { what: 'name or password', shortestPassword: SHORTEST_PASSWORD })
    if (!this.#bootstrap || this.#bootstrap.hash !== hashOf(token) || this.#bootstrap.until < Date.now())
      throw new Fault('unauthenticated')
    this.#bootstrap = undefined
    this.#accounts = [...this.#accounts, { name, password: await hashPassword(password) }]
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#accounts), { mode: 0o600, flush: true })
    renameSync(`${this.#file}.new`, this.#file)
    return this.#open(name)
  }

  /** @throws Fault 'unauthenticated', 'too-many-requests' */
  signIn(name: string, password: string): Promise<string> {
    return this.#signIns.attempt(name, async () => {
      const account = this.#accounts.find((one) => one.name === name)
      const right = await passwordMatches(password, account?.password ?? NOBODYS_PASSWORD)
      return right && account ? this.#open(name) : undefined
    })
  }

  sessionOf(secret: string | undefined): string | undefined {
    const session = this.#sessions.get(hashOf(secret ?? ''))
    return session && session.until > Date.now() ? session.name : undefined
  }

  signOut(secret: string): void {
    this.#sessions.delete(hashOf(secret))
  }

  #open(name: string): string {
    const secret = randomBytes(32).toString('base64url')
    for (const [hash, { until }] of this.#sessions) if (until < Date.now()) this.#sessions.delete(hash)
    this.#sessions.set(hashOf(secret), { name, until: Date.now() + SESSION_MS })
    return secret
  }
}

const urlBase64 = (base64: string): string => Buffer.from(base64, 'base64').toString('base64url')
const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
