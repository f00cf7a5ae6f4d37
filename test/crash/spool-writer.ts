/** A process that captures until it is killed, and says on standard output what it was promised. */
import { createHash, randomBytes } from 'node:crypto'
import { openSpoolWriter } from '../../src/clinical/spool/index.ts'

const writer = await openSpoolWriter({ folder: process.argv[2] ?? '', segmentBytes: 400_000 })
let count = 0
await Promise.all(
  Array.from({ length: 6 }, async (_, lane) => {
    for (;;) {
      const one = writer.begin({
        associationId: 'a',
        link: 'l',
        callingAETitle: 'A',
        calledAETitle: 'B',
        remoteAddress: '',
        transferSyntaxUID: '1.2.840.10008.1.2.1',
        SOPClassUID: '1.2',
        SOPInstanceUID: `2.25.${lane}.${++count}`,
        at: 0,
      })
      // a data set never begins with group 0002, which ends where another group begins
      const bytes = Buffer.concat([Buffer.from([8, 0]), randomBytes(2000 + 500 * lane)])
      for (let at = 0; at < bytes.length; at += 700) one?.write(bytes.subarray(at, at + 700))
      const committed = await one?.commit(0).catch(() => undefined)
      if (committed) process.stdout.write(`${committed.ref} ${createHash('sha256').update(bytes).digest('hex')}\n`)
      else await new Promise((done) => setTimeout(done, 5))
    }
  }),
)
