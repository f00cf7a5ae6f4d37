/** `sluice doctor`: is this machine fit, and is everything there that Sluice talks to? */
import { join } from 'node:path'
import { clock } from '../doctor/clock.ts'
import { disk, keyFiles, openFiles, ports, priority } from '../doctor/machine.ts'
import { databases, upstreams } from '../doctor/peers.ts'
import { quarantineClient } from '../quarantine-client.ts'
import { placesOf } from '../roles/places.ts'
import { configurationOr2 } from './configuration.ts'

const WORDS = { ok: 'ok  ', note: 'note', bad: 'BAD ' }

/** Exit code 1 when something is bad; notes are no reason. */
export async function doctor({
  config: file,
  json,
}: {
  readonly config: string
  readonly json?: boolean
}): Promise<void> {
  const config = configurationOr2(file)
  if (!config) return
  const places = placesOf(config.home)
  const running = await quarantineClient(places.quarantineSocket)
    .list()
    .then(
      () => true,
      () => false,
    )
  const findings = [
    ...(await ports(config, running)),
    ...disk(config.home),
    ...openFiles(),
    priority(),
    ...(await clock([places.spool, places.gaps, places.decisions, join(config.home, 'research')])),
    ...keyFiles(config, places),
    ...(await databases(config)),
    ...(await upstreams(config)),
  ]
  if (json)
    console.log(JSON.stringify({ running, findings: findings.map((one) => ({ ...one, ok: one.level !== 'bad' })) }))
  else for (const { what, level, detail } of findings) console.log(`${WORDS[level]} ${what}: ${detail}`)
  if (findings.some(({ level }) => level === 'bad')) process.exitCode = 1
}
