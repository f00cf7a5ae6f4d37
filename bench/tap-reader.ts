/** Reads a tap as the observer does and keeps nothing: `tap-reader.ts SOCKET`; prints `l` when it listens, `c` for a relay. */
import { createServer } from 'node:net'
import { acceptInto, goFirst } from '../src/base/index.ts'

// as the observer's process does
goFirst('observer')

createServer({ pauseOnConnect: true }, (accepted) => {
  acceptInto(accepted, {}, () => {})
    .on('error', () => {})
    .resume()
  process.stdout.write('c')
}).listen(process.argv[2], () => process.stdout.write('l'))
