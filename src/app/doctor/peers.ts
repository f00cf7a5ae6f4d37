/** What Sluice talks to: the systems behind the links, and the databases. */
import { connect } from 'node:net'
import pg from 'pg'
import { echo } from '../commands/echo.ts'
import { splitAddress, type Config, type LinkConfig } from '../config/index.ts'
import { packagedPrograms } from '../postgres/index.ts'
import { bad, ok, type Finding } from './finding.ts'

export const upstreams = (config: Config): Promise<readonly Finding[]> =>
  Promise.all(
    config.links.map(async (link) => {
      if (config.demo) return ok(`archive behind ${link.name}`, 'the demo’s own, there when Sluice is up')
      return (link.protocol as string) === 'dicom' ? archive(link) : receiver(link)
    }),
  )

async function archive({ name, upstream }: LinkConfig): Promise<Finding> {
  const what = `archive behind ${name}`
  const {
    ok: answered,
    ms,
    code,
    action,
  } = await echo({
    ...splitAddress(upstream),
    callingAETitle: 'SLUICE',
    calledAETitle: 'ANY-SCP',
  })
  if (answered) return ok(what, `${upstream} answered C-ECHO in ${ms} ms`)
  // a rejection of our AE title is an answer: the archive is there
  if (code === 'association-rejected') return ok(what, `${upstream} is there and does not know the AE title SLUICE`)
  return bad(what, `${upstream}: ${code}. ${action}`)
}

async function receiver({ name, upstream, connectTimeoutMs }: LinkConfig): Promise<Finding> {
  const { host, port } = splitAddress(upstream)
  const code = await new Promise<string | undefined>((done) => {
    const socket = connect({ host, port, timeout: connectTimeoutMs })
    const end = (said?: string) => (socket.destroy(), done(said))
    socket.on('connect', () => end()).on('timeout', () => end('ETIMEDOUT'))
    socket.on('error', (error: NodeJS.ErrnoException) => end(error.code ?? 'error'))
  })
  const what = `receiver behind ${name}`
  return code === undefined ? ok(what, `${upstream} takes connections`) : bad(what, `${upstream}: ${code}`)
}

const MOST_APART_MS = 2000

export async function databases(config: Config): Promise<readonly Finding[]> {
  const own = [
    ['database of the vault', config.vault?.url],
    ['database of the catalogue', config.catalogue?.url],
  ] as const
  return Promise.all(own.map(async ([what, url]) => (url ? answers(what, url) : embedded(what))))
}

function embedded(what: string): Finding {
  try {
    packagedPrograms()
    return ok(what, 'the embedded one, which Sluice starts')
  } catch {
    return bad(what, 'the package of the embedded PostgreSQL is missing; run npm ci, or give a url')
  }
}

async function answers(what: string, url: string): Promise<Finding> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ version: string; at: Date }>(
      "select current_setting('server_version') as version, clock_timestamp() as at",
    )
    const apartMs = Math.abs((rows[0]?.at.getTime() ?? 0) - Date.now())
    const detail = `PostgreSQL ${rows[0]?.version ?? '?'}, its clock ${(apartMs / 1000).toFixed(1)} s from ours`
    return apartMs < MOST_APART_MS ? ok(what, detail) : bad(what, detail)
  } catch (error) {
    // the message may quote the address with its password
    return bad(what, `cannot be reached (${(error as { code?: string }).code ?? 'refused'})`)
  } finally {
    await client.end().catch(() => {})
  }
}
