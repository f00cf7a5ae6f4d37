/** A relay of one link for the benchmark: `relay-child.ts HOST UPSTREAM_HOST UPSTREAM_PORT [TAP]`; a line of JSON an event. */
import { createRelay } from '../src/clinical/relay/index.ts'

const [host = '', upstreamHost = '', upstreamPort = '', tap] = process.argv.slice(2)
const relay = createRelay({ onEvent: (event) => console.log(JSON.stringify(event)) })
if (tap) relay.setTap(tap)
const link = { name: 'link', upstream: { host: upstreamHost, port: Number(upstreamPort) } }
console.log(JSON.stringify(await relay.serve(link, { host, port: 0 })))
