/**
 * How many files of a folder the gate clears, and why the others stay, from the report of `sluice deidentify`.
 *   bin/sluice deidentify IN OUT | node examples/deidentify-report.ts
 */
import { createInterface } from 'node:readline'

interface Line {
  readonly outcome: string
  readonly code?: string
  readonly path?: string
}

const counts = new Map<string, number>()
for await (const text of createInterface({ input: process.stdin })) {
  const { outcome, code, path } = JSON.parse(text) as Line
  const key = [code ?? outcome, path].filter(Boolean).join(' ')
  counts.set(key, (counts.get(key) ?? 0) + 1)
}
for (const [key, count] of [...counts].sort(([, a], [, b]) => b - a))
  console.log(`${String(count).padStart(6)}  ${key}`)
