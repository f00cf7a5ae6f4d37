/**
 * What devices are known to write, over restarts of the worker: digests of devices, counts of encodings, and nothing of what
 * they wrote. It is a help, not a record: a file that is broken or not there is begun anew.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { log } from '../../base/index.ts'
import { DeviceMemories } from '../../deidentify/index.ts'
import type { CharacterSetMemory } from '../../standards/character-sets/index.ts'

const SAVED_EVERY_MS = 30_000
const MOST_BYTES = 4_000_000

const SAVED = z.record(
  z.string().regex(/^[\w-]{43}$/),
  z.record(z.string().regex(/^[a-z0-9-]{1,20}$/), z.int().min(0).max(1000)),
)

/** @returns the memories, and what writes them down once more */
export function keptHabits(file: string): { readonly memories: DeviceMemories; readonly save: () => void } {
  const memories = new DeviceMemories()
  let saved = ''
  try {
    if (existsSync(file)) {
      const text = readFileSync(file, 'utf8').slice(0, MOST_BYTES)
      memories.merge(SAVED.parse(JSON.parse(text)) as Readonly<Record<string, CharacterSetMemory>>)
      saved = JSON.stringify(memories.entries())
    }
  } catch {
    log.warn('what devices are known to write was not readable and is begun anew')
  }
  const save = () => {
    const now = JSON.stringify(memories.entries())
    if (now === saved) return
    try {
      writeFileSync(`${file}.tmp`, now, { mode: 0o600 })
      renameSync(`${file}.tmp`, file)
      saved = now
    } catch (error) {
      log.warn('what devices are known to write could not be kept', {}, error)
    }
  }
  setInterval(save, SAVED_EVERY_MS).unref()
  return { memories, save }
}
