/**
 * A file system made new for a benchmark of files, as the system makes them by default: on the machine's own whoever deleted files
 * in the last minutes is measured too (ext4 without a journal looks at each inode that was given back before it makes a file).
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** @returns a folder of it, and how it is taken down; undefined where it is not permitted: the machine's own serves then */
export function ownDisk(below: string, gigabytes: number): { readonly folder: string; close(): void } | undefined {
  const image = join(below, 'disk.img')
  const folder = join(below, 'disk')
  const run = (program: string, ...args: readonly string[]) => execFileSync(program, args, { stdio: 'pipe' })
  mkdirSync(folder, { recursive: true })
  try {
    writeFileSync(image, '')
    truncateSync(image, gigabytes * 2 ** 30)
    run('mkfs.ext4', '-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image)
    run('mount', '-o', 'loop', image, folder)
  } catch {
    rmSync(image, { force: true })
    return undefined
  }
  return {
    folder,
    close: () => {
      run('umount', folder)
      rmSync(image)
    },
  }
}
