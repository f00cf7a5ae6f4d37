/** `npm run bench -- NAME|all [--rounds N] [--quick]`: each benchmark is one file here and prints one line of JSON. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Options, Result } from './measure.ts'

interface Benchmark {
  run(options: Options): Promise<readonly Result[]>
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, quick: { type: 'boolean', default: false } },
})
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts') && /^export async function run\b/m.test(readFileSync(place(file), 'utf8')))
  .map((file) => file.slice(0, -3))
const asked = positionals[0] === 'all' ? names : positionals
const options: Options = { rounds: Math.max(1, Number(values.rounds) || 5), quick: values.quick }

if (asked.length === 0 || asked.some((name) => !names.includes(name))) {
  console.error(`usage: npm run bench -- NAME|all [--rounds N] [--quick]\nbenchmarks: ${names.join(' ')}`)
  process.exitCode = 2
} else {
  for (const name of asked) {
    const benchmark = (await import(place(`${name}.ts`))) as Benchmark
    for (const result of await benchmark.run(options)) console.log(JSON.stringify(result))
  }
  process.exit()
}

function place(file: string): string {
  return join(import.meta.dirname, file)
}
