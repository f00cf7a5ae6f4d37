/** `sluice init`: from an archive's address to a configuration and the lines to type at the scanner. */
import { existsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Fault } from '../../base/index.ts'
import { hospitalConfig } from '../config/index.ts'
import { SCHEMA_FILE } from './configuration.ts'
import { echo } from './echo.ts'

export async function init({
  pacs,
  config: file,
  calling,
  json,
}: {
  readonly pacs: string
  readonly config: string
  readonly calling: string
  readonly json?: boolean
}): Promise<void> {
  const [, calledAETitle = '', host = '', port = ''] = /^([^@]{1,16})@([^@]+):(\d{1,5})$/.exec(pacs) ?? []
  if (!calledAETitle) throw new Fault('option-invalid', { option: '--pacs', form: 'AE@host:port' })
  if (existsSync(file)) throw new Fault('file-exists', { file })
  const answer = await echo({ host, port: Number(port), callingAETitle: calling, calledAETitle })
  const listenPort = await firstFree(11112)
  const web = await firstFree(8080)
  const ports = { web, operate: await firstFree(web + 1) }
  const link = { listen: `0.0.0.0:${listenPort}`, upstream: `${host}:${port}` }
  writeFileSync(file, hospitalConfig(SCHEMA_FILE, link, ports), { flag: 'wx' })
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).filter(({ internal, family }) => !internal && family === 'IPv4').map(({ address }) => address),
  )
  if (json) {
    console.log(
      JSON.stringify({ file, echo: answer, scanner: { AETitle: calledAETitle, addresses, port: listenPort } }),
    )
    return
  }
  console.log(
    answer.ok
      ? `${calledAETitle} answered C-ECHO in ${answer.ms} ms.`
      : `${calledAETitle} did not answer C-ECHO (${answer.code}). ${answer.action}`,
  )
  console.log(`${file} was written. At the scanner's console, change the archive's entry to:

  AE title    ${calledAETitle}          (as before: it is the archive's own)
  address     ${addresses.join(' or ') || 'this machine'}
  port        ${listenPort}

The archive will see this machine's address: where it admits devices by address, add it there.
Then: sluice up`)
}

async function firstFree(from: number): Promise<number> {
  for (let port = from; port < from + 100; port++) {
    const free = await new Promise<boolean>((done) => {
      const server = createServer().once('error', () => done(false))
      server.listen(port, '0.0.0.0', () => server.close(() => done(true)))
    })
    if (free) return port
  }
  throw new Fault('port-taken', { port: from })
}
