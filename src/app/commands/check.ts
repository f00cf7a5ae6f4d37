/** `sluice check` */
import { readConfig } from '../config/index.ts'
import { mistakeLine } from './configuration.ts'

export function check({ config: file, json }: { readonly config: string; readonly json?: boolean }): void {
  const { mistakes } = readConfig(file)
  if (json) console.log(JSON.stringify({ file, mistakes }))
  else if (mistakes.length === 0) console.log(`${file} is right.`)
  else for (const mistake of mistakes) console.log(mistakeLine(mistake))
  if (mistakes.length) process.exitCode = 2
}
