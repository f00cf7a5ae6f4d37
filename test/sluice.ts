/** `sluice up` as a person runs it: a process of its own with a home and ports of its own. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { atEnd, eventually, freePort, temporaryFolder } from './peers.ts'

export interface Running {
  readonly child: ChildProcess
  readonly folder: string
  readonly config: string
  readonly ready: {
    readonly web: string
    readonly operate: string
    readonly links: readonly { name: string; port: number }[]
  }
  readonly bootstrap: { readonly web: string; readonly operate: string }
  stderr(): string
  /** Signed in as the first account of research. */
  signIn(): Promise<{ readonly secret: string; json<T>(path: string): Promise<T> }>
}

export async function startSluice(
  t: TestContext,
  options: {
    readonly upstreamPort?: number
    readonly demo?: boolean
    readonly drainTimeoutMs?: number
    readonly more?: string
    /** what is there before it starts */
    prepare?(folder: string): Promise<void>
    /** all that it has told people so far, before it is ready too */
    told?(stderr: string): void
  } = {},
): Promise<Running> {
  const folder = temporaryFolder(t, 'sluice-up')
  chmodSync(folder, 0o755)
  const config = join(folder, 'sluice.yaml')
  const link = await freePort()
  writeFileSync(
    config,
    configText({
      link,
      upstream: options.upstreamPort ?? (await freePort()),
      web: await freePort(),
      operate: await freePort(),
      demo: options.demo ?? false,
      ...(options.drainTimeoutMs ? { drainTimeoutMs: options.drainTimeoutMs } : {}),
      ...(options.more ? { more: options.more } : {}),
    }),
  )
  await options.prepare?.(folder)
  const child = spawn(process.execPath, ['src/app/main.ts', 'up', '--config', config], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, SLUICE_LOG: 'info' },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
    options.told?.(stderr)
  })
  atEnd(t, async () => {
    const elsewhere = join(folder, 'data', 'postgres.location')
    const cluster = existsSync(elsewhere) ? readFileSync(elsewhere, 'utf8').trim() : undefined
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
      await once(child, 'exit')
      clearTimeout(timer)
    }
    assert.notEqual(child.signalCode, 'SIGKILL', 'sluice ends when it is told to')
    if (cluster) rmSync(cluster, { recursive: true, force: true })
    // nothing of it identifies, and it says what a failed test met
    if ((t as TestContext & { readonly error?: unknown }).error) t.diagnostic(stderr.slice(-4000))
  })
  const line = await eventually(
    'sluice is ready',
    () => {
      if (child.exitCode !== null) throw new Error(`sluice ended: ${stderr}`)
      return stdout
        .split('\n')
        .slice(0, -1)
        .find((one) => one.startsWith('{'))
    },
    150_000,
  )
  const ready = JSON.parse(line) as Running['ready']
  const tokenOf = (page: string): string => new RegExp(`${page}:\\s+\\S+#bootstrap=(\\S+)`).exec(stderr)?.[1] ?? ''
  // the line after the addresses: a read may end between two of them
  await eventually('the tokens are told', () => stderr.includes('makes the first account'))
  return {
    ...{ child, folder, config, ready },
    bootstrap: { web: tokenOf('Research'), operate: tokenOf('Operator') },
    stderr: () => stderr,
    signIn: async () => {
      const answer = await fetch(`${ready.web}/api/bootstrap`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ token: tokenOf('Research'), name: 'admin', password: 'correct horse' }),
      })
      const secret = /sluice_research=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '')?.[1] ?? ''
      return {
        secret,
        json: async <T>(path: string) => {
          const found = await fetch(`${ready.web}${path}`, { headers: { authorization: `Bearer ${secret}` } })
          // a search that finds nothing has no body
          return (found.status === 204 ? [] : await found.json()) as T
        },
      }
    },
  }
}

export function configText(of: {
  link: number
  upstream: number
  web: number
  operate: number
  demo: boolean
  drainTimeoutMs?: number
  more?: string
  when?: string
}): string {
  return `version: 1
home: ./data
web: { listen: 127.0.0.1:${of.web} }
operate: { listen: 127.0.0.1:${of.operate} }
demo: ${of.demo}
drainTimeoutMs: ${of.drainTimeoutMs ?? 3000}
links:
  - { name: ct-to-pacs, protocol: dicom, listen: 127.0.0.1:${of.link}, upstream: 127.0.0.1:${of.upstream} }
projects:
  - { name: head-ct, title: Haematoma on head CT, profile: basic }
rules:
  - { name: head ct, project: head-ct, when: 'dicom.Modality == "CT" && dicom.BodyPartExamined in ["HEAD", "BRAIN"]' }
${of.more ?? ''}`
}
