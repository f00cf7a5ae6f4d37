/**
 * Files of a folder in batches, with what was written emptied in between, outside of the clock. A virtual machine gives memory that is free for
 * two seconds back to its host, and has to ask for it again page by page: batches are written to memory that was just used,
 * and a tool is measured, not the host.
 */
import { readdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'

/** `pydicom-basic.py` has the same */
export const BATCH_FILES = 384

/** @returns of all batches together */
export async function inBatches(
  files: readonly string[],
  empty: () => void,
  pass: (files: readonly string[]) => Promise<number>,
): Promise<{ readonly done: number; readonly seconds: number }> {
  let [done, seconds] = [0, 0]
  for (let at = 0; at < files.length; at += BATCH_FILES) {
    const batch = files.slice(at, at + BATCH_FILES)
    const startedAt = performance.now()
    done += await pass(batch)
    seconds += (performance.now() - startedAt) / 1000
    empty()
  }
  return { done, seconds }
}

/**
 * What was written is emptied, not deleted: where inodes were just given back, ext4 without a journal looks at each of them
 * whenever a file is made, and the next to make files would pay for it (dcmodify, whose files are there before, would not).
 */
export function emptyFiles(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true }))
    if (entry.isFile()) truncateSync(join(entry.parentPath, entry.name))
}
