/** The operator's accounts: a file of mode 0600 in the clinical home, so that they work while every database is down. */
import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { Fault } from '../../base/index.ts'

const derive = promisify(argon2)
const PARAMETERS = { parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 }
const BOOTSTRAP_MS = 15 * 60_000
const SESSION_MS = 12 * 3600_000
const SHORTEST_PASSWORD = 8
const ATTEMPTS = 5
const WAIT_MS = 60_000

interface Account {
  readonly name: string
  readonly nonce: string
  readonly tag: string
}

export class Operators {
  readonly #file: string
  #accounts: readonly Account[]
  #bootstrap: { readonly hash: string; readonly until: number } | undefined
  readonly #sessions = new Map<string, { readonly name: string; readonly until: number }>()
  readonly #attempts = new Map<string, { count: number; until: number }>()

  constructor(file: string) {
    this.#file = file
    this.#accounts = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Account[]) : []
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
    const nonce = randomBytes(16)
    const tag = await derive('argon2id', { ...PARAMETERS, message: password, nonce })
    this.#accounts = [...this.#accounts, { name, nonce: nonce.toString('base64'), tag: tag.toString('base64') }]
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#accounts), { mode: 0o600, flush: true })
    renameSync(`${this.#file}.new`, this.#file)
    return this.#open(name)
  }

  /** @throws Fault 'unauthenticated', 'too-many-requests' */
  async signIn(name: string, password: string): Promise<string> {
    const tried = this.#attempts.get(name)
    if (tried && tried.count >= ATTEMPTS && tried.until > Date.now()) throw new Fault('too-many-requests')
    const account = this.#accounts.find((one) => one.name === name)
    // an unknown name takes as long as a wrong password
    const expected = Buffer.from(account?.tag ?? randomBytes(32).toString('base64'), 'base64')
    const derived = await derive('argon2id', {
      ...PARAMETERS,
      message: password,
      nonce: Buffer.from(account?.nonce ?? 'AAAAAAAAAAAAAAAAAAAAAA==', 'base64'),
    })
    if (!account || !timingSafeEqual(derived, expected)) {
      if (this.#attempts.size > 10_000) this.#attempts.clear()
      this.#attempts.set(name, { count: (tried?.count ?? 0) + 1, until: Date.now() + WAIT_MS })
      throw new Fault('unauthenticated')
    }
    this.#attempts.delete(name)
    return this.#open(name)
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
    this.#sessions.set(hashOf(secret), { name, until: Date.now() + SESSION_MS })
    return secret
  }
}

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
