/** A volume of its own that is soon full. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { atEnd } from './peers.ts'

/** @returns its folder; undefined, with the test skipped, where mounting is not permitted */
export function smallVolume(t: TestContext, bytes: number): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-volume-'))
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder])
  atEnd(t, () => {
    if (mounted.status === 0) spawnSync('umount', ['--lazy', folder])
    rmSync(folder, { recursive: true, force: true })
  })
  if (mounted.status === 0) return folder
  t.skip('needs the right to mount a volume (root)')
  return undefined
}
