/** Builds the pages when they are missing or older than their sources: `npm start` and tests call it. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, statSync } from 'node:fs'

const newest = (patterns: readonly string[]): number =>
  Math.max(0, ...patterns.flatMap((pattern) => globSync(pattern)).map((file) => statSync(file).mtimeMs))
const sources = newest(['web/src/**/*', 'web/*.html', 'web/vite.config.ts', 'package-lock.json'])
const built = ['web/dist/research/index.html', 'web/dist/operate/operate.html']

if (built.some((file) => !existsSync(file) || statSync(file).mtimeMs < sources)) {
  for (const mode of ['research', 'operate']) {
    const { status } = spawnSync(
      process.execPath,
      ['node_modules/vite/bin/vite.js', 'build', 'web', '--mode', mode, '--logLevel', 'error'],
      { stdio: 'inherit' },
    )
    if (status !== 0) process.exit(status ?? 1)
  }
}
