/**
 * De-identifiers of others in JavaScript, each in a process of its own that takes one file after another. A file that it
 * fails on, crashes on or does not come back from has no output, and the next one is not touched by that.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { ended } from '../measure.ts'
import { installed } from '../npm-peers.ts'
import type { Peer } from './peers.ts'

/** what the parent asks; the child answers when it is done with the file, with an output or without */
export interface Asked {
  readonly from: string
  readonly to: string
}

export type LibraryName = 'dicom-curate' | '@umessen/dicom-deidentifier'

/** as long as PixelMed has */
const LONGEST_MS = 60_000

/** not in the npm registry: a checkout of its repository, with its dependencies and built */
export const curate = inJavaScript('dicom-curate', () => {
  const checkout = process.env.SLUICE_DICOM_CURATE
  return checkout && resolve(checkout)
})

export const deidentifier = inJavaScript('@umessen/dicom-deidentifier', (name) => {
  const folder = installed(name, [`${name}@1.0.0-beta.4`])
  return folder && join(folder, 'node_modules', name)
})

/** @param where the package's folder; undefined where it cannot be had */
function inJavaScript(name: LibraryName, where: (name: LibraryName) => string | undefined): Peer {
  const folder = () => where(name) ?? ''
  return {
    name,
    present: () => canBeLoaded(folder()),
    version: () => (JSON.parse(readFileSync(join(folder(), 'package.json'), 'utf8')) as { version: string }).version,
    run: async (input, files, output) => {
      const start = () =>
        fork(join(import.meta.dirname, 'javascript-peer-child.ts'), [name, folder()], { stdio: 'ignore' })
      let child = start()
      for (const file of files) {
        if (!child.connected) child = start()
        if (!(await answered(child, { from: join(input, file), to: join(output, file) }))) await ended(child)
      }
      await ended(child)
    },
  }
}

function canBeLoaded(folder: string): boolean {
  try {
    return folder !== '' && createRequire(import.meta.url).resolve(folder) !== ''
  } catch {
    return false
  }
}

async function answered(child: ChildProcess, question: Asked): Promise<boolean> {
  const over = new AbortController()
  const signal = AbortSignal.any([over.signal, AbortSignal.timeout(LONGEST_MS)])
  try {
    child.send(question)
    return await Promise.race([
      once(child, 'message', { signal }).then(() => true),
      once(child, 'exit', { signal }).then(() => false),
    ])
  } catch {
    return false
  } finally {
    over.abort()
  }
}
