/** `sluice doctor`: is this machine fit, and is the archive there? */
import { mkdtempSync, openSync, closeSync, fsyncSync, rmSync, statfsSync, writeSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { splitAddress, type Config } from '../config/index.ts'
import { configurationOr2 } from './configuration.ts'
import { echo } from './echo.ts'

interface Finding {
  readonly what: string
  readonly ok: boolean
  readonly detail: string
}

export async function doctor({
  config: file,
  json,
}: {
  readonly config: string
  readonly json?: boolean
}): Promise<void> {
  const config = configurationOr2(file)
  if (!config) return
  const findings = [...(await ports(config)), ...disk(config), clock(), ...(await archives(config))]
  if (json) console.log(JSON.stringify({ findings }))
  else for (const { what, ok, detail } of findings) console.log(`${ok ? 'ok  ' : 'BAD '} ${what}: ${detail}`)
  if (findings.some(({ ok }) => !ok)) process.exitCode = 1
}

async function ports(config: Config): Promise<Finding[]> {
  const addresses = [
    ['web', config.web.listen],
    ['operate', config.operate.listen],
    ...config.links.map(({ name, listen }) => [`link ${name}`, listen] as const),
  ] as const
  return Promise.all(
    addresses.map(async ([what, address]) => {
      const { host, port } = splitAddress(address)
      const code = await new Promise<string | undefined>((done) => {
        const server = createServer().once('error', (error: NodeJS.ErrnoException) => done(error.code))
        server.listen(port, host, () => server.close(() => done(undefined)))
      })
      return {
        what: `port of ${what}`,
        ok: code === undefined,
        detail:
          code === undefined
            ? `${address} is free`
            : `${address} cannot be listened on (${code}); is Sluice running already?`,
      }
    }),
  )
}

function disk(config: Config): Finding[] {
  mkdirSync(config.home, { recursive: true })
  const { bavail, blocks, bsize } = statfsSync(config.home)
  const fraction = bavail / blocks
  const folder = mkdtempSync(join(config.home, '.doctor-'))
  const from = performance.now()
  const fd = openSync(join(folder, 'sync'), 'w')
  writeSync(fd, Buffer.alloc(65_536))
  fsyncSync(fd)
  closeSync(fd)
  const syncMs = performance.now() - from
  rmSync(folder, { recursive: true })
  return [
    {
      what: 'disk',
      ok: fraction > 0.1,
      detail: `${Math.round((bavail * bsize) / 1e9)} GB free, ${Math.round(fraction * 100)} %; capturing stops below 5 %`,
    },
    { what: 'sync', ok: syncMs < 200, detail: `a write and sync of 64 KiB took ${syncMs.toFixed(1)} ms` },
  ]
}

/** a clock far in the past was never set: times of captures and gaps would mislead */
const clock = (): Finding => ({
  what: 'clock',
  ok: Date.now() > Date.UTC(2026, 0, 1),
  detail: new Date().toISOString(),
})

async function archives(config: Config): Promise<Finding[]> {
  return Promise.all(
    config.links.map(async ({ name, upstream }) => {
      if (config.demo)
        return { what: `archive behind ${name}`, ok: true, detail: 'the demo’s own, there when Sluice is up' }
      const { ok, ms, code, action } = await echo({
        ...splitAddress(upstream),
        callingAETitle: 'SLUICE',
        calledAETitle: 'ANY-SCP',
      })
      // a rejection of our AE title is an answer: the archive is there
      const there = ok || code === 'association-rejected'
      return {
        what: `archive behind ${name}`,
        ok: there,
        detail: ok
          ? `${upstream} answered C-ECHO in ${ms} ms`
          : there
            ? `${upstream} is there and does not know the AE title SLUICE`
            : `${upstream}: ${code}. ${action}`,
      }
    }),
  )
}
