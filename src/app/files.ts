/** Files that a person names: what is below a folder, and what kept one from being read. */
import {
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Dirent,
  type Stats,
} from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../base/index.ts'

/** the system's own word for what it refused, such as EACCES */
export const systemCode = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? 'unknown'

export const cannotRead = (error: unknown): Fault => new Fault('file-unreadable', { what: systemCode(error) }, error)

/** @throws Fault 'file-unreadable' */
export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw cannotRead(error)
  }
}

/** A volume that is full, or a user's part of it. */
export const hasNoRoom = (error: unknown): boolean => ['ENOSPC', 'EDQUOT'].includes(systemCode(error))

/** What keeps something from starting: a volume without room is no error of ours, and the fault says what to do. */
export function startFault(error: unknown, where: Fault['where'] = {}): Fault {
  if (error instanceof Fault) return error
  if (hasNoRoom(error)) return new Fault('system-refused', { ...where, what: systemCode(error) }, error)
  return new Fault('internal', where, error)
}

/**
 * A file of ours alone that is made once, whole or not at all: on a full disk, or when the power goes, an empty one would
 * be taken for it ever after. One that is empty is none.
 */
export function makeOnce(file: string, contents: () => string | Uint8Array): void {
  if (statSync(file, { throwIfNoEntry: false })?.size) return
  const making = `${file}.making`
  try {
    writeFileSync(making, contents(), { mode: 0o600, flush: true })
    renameSync(making, file)
  } catch (error) {
    rmSync(making, { force: true })
    throw error
  }
}

/**
 * @returns all files below, in order of name; links are followed, each folder once, and one that leads nowhere is there too
 * @throws Fault 'file-missing'; 'file-unreadable' for a folder that may not be looked into
 */
export function filesBelow(path: string): readonly string[] {
  const there = statSync(path, { throwIfNoEntry: false })
  if (!there) throw new Fault('file-missing')
  const found: string[] = []
  const folders: string[] = []
  const seen = new Set<string>()
  const take = (at: string, what: Dirent | Stats) => {
    if (what.isDirectory()) folders.push(at)
    else if (what.isFile()) found.push(at)
  }
  take(path, there)
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      const real = realpathSync(folder)
      if (seen.has(real)) continue
      seen.add(real)
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        const at = join(folder, entry.name)
        const what = entry.isSymbolicLink() ? followed(at) : entry
        if (what) take(at, what)
        else found.push(at)
      }
    } catch (error) {
      throw cannotRead(error)
    }
  }
  return found.sort()
}

/** what a link leads to; undefined: nowhere */
function followed(link: string): Stats | undefined {
  try {
    return statSync(link, { throwIfNoEntry: false })
  } catch {
    // a circle of links
    return undefined
  }
}
