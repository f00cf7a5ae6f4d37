/** Questions on a terminal, hidden where they are secret; without a terminal the answers are lines of standard input, in order. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { Fault } from '../../base/index.ts'

export interface Asked {
  (question: string, how?: 'hidden'): Promise<string>
  close(): void
}

/** Questions go to standard error: what a command answers stays alone on standard output. */
export function asking(): Asked {
  let silent = false
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      if (!silent) process.stderr.write(chunk)
      done()
    },
  })
  const terminal = process.stdin.isTTY
  const lines = createInterface({ input: process.stdin, ...(terminal ? { output } : {}), terminal })
  const waiting = lines[Symbol.asyncIterator]()
  const asked = async (question: string, how?: 'hidden'): Promise<string> => {
    if (terminal) process.stderr.write(`${question}: `)
    silent = how === 'hidden'
    const { value, done } = await waiting.next()
    silent = false
    if (terminal && how === 'hidden') process.stderr.write('\n')
    if (done) throw new Fault('option-invalid', { what: `no answer to: ${question}` })
    return value
  }
  return Object.assign(asked, { close: () => lines.close() })
}
