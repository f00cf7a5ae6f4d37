/**
 * Other people's packages of the npm registry, for the benchmarks that stand beside them: installed into a cache folder,
 * scripts not run.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const CACHE = join(import.meta.dirname, '../node_modules/.cache/sluice-peers')

/**
 * @param packages with exact versions: figures are of these
 * @returns the folder that a peer is installed in; undefined where it cannot be had
 */
export function installed(name: string, packages: readonly string[]): string | undefined {
  const folder = join(CACHE, name.replace(/\W+/g, '-'))
  const done = join(folder, 'installed')
  if (existsSync(done)) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const args = ['install', '--legacy-peer-deps', '--ignore-scripts', '--no-audit', '--no-fund', '-E', ...packages]
  try {
    execFileSync('npm', args, { cwd: folder, stdio: 'ignore', timeout: 120_000 })
  } catch {
    return undefined
  }
  writeFileSync(done, '')
  return folder
}
