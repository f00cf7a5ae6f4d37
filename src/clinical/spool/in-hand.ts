/**
 * What a reader has in hand, written down before it begins and after it ends. Who starts after a death reads there what may have
 * been its cause; a capture that was in hand at two deaths, the second time alone, is not tried a third time.
 */
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../../base/index.ts'

/** lines `+ ref`, `- ref` and `! ref` for a death */
const FILE = 'in-hand'
const LONG_BYTES = 64 * 1024

export class InHand {
  readonly #fd: number
  readonly #deaths: Map<string, number>
  readonly #open = new Set<string>()
  #bytes = 0

  /** @param folder of the spool; what was in hand there was so when the reader before died */
  constructor(folder: string) {
    const path = join(folder, FILE)
    this.#deaths = deathsIn(textOf(path))
    this.#fd = openSync(path, 'a', 0o600)
    this.#rewrite()
  }

  /** how often a reader died with it in hand */
  deathsOf(ref: string): number {
    return this.#deaths.get(ref) ?? 0
  }

  /** @throws Fault 'disk-failed' */
  begin(refs: readonly string[]): void {
    for (const ref of refs) this.#open.add(ref)
    this.#write(refs.map((ref) => `+ ${ref}\n`).join(''))
  }

  /** Whatever came of it, it was survived. */
  end(refs: readonly string[]): void {
    for (const ref of refs) {
      this.#open.delete(ref)
      this.#deaths.delete(ref)
    }
    if (this.#bytes > LONG_BYTES) this.#rewrite()
    else this.#write(refs.map((ref) => `- ${ref}\n`).join(''))
  }

  /** The reader is told to end: what is in hand now is not why. */
  stop(): void {
    this.#open.clear()
    this.#rewrite()
    closeSync(this.#fd)
  }

  #rewrite(): void {
    ftruncateSync(this.#fd)
    this.#bytes = 0
    const deaths = [...this.#deaths].flatMap(([ref, count]) => Array<string>(count).fill(`! ${ref}\n`))
    this.#write([...deaths, ...[...this.#open].map((ref) => `+ ${ref}\n`)].join(''))
  }

  #write(lines: string): void {
    try {
      this.#bytes += writeSync(this.#fd, lines)
    } catch (error) {
      throw new Fault('disk-failed', {}, error)
    }
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** @returns of each capture that a reader died with, how often; a line that is torn is left out */
function deathsIn(text: string): Map<string, number> {
  const open = new Set<string>()
  const deaths = new Map<string, number>()
  const died = (ref: string) => deaths.set(ref, (deaths.get(ref) ?? 0) + 1)
  for (const line of text.split('\n').slice(0, -1)) {
    const ref = line.slice(2)
    if (line.startsWith('+ ')) open.add(ref)
    else if (line.startsWith('! ')) died(ref)
    else if (line.startsWith('- ')) {
      open.delete(ref)
      deaths.delete(ref)
    }
  }
  for (const ref of open) died(ref)
  return deaths
}
