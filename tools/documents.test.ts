/** The documents say what is so: every promise has its test, every dependency its line, every relative link its file. */
import assert from 'node:assert/strict'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const read = (file: string) => readFileSync(file, 'utf8')
const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { license?: string; dev?: boolean }> }

test('every promise is numbered and names a test that exists', () => {
  const rows = read('docs/promises.md')
    .split('\n')
    .filter((line) => /^\| P\d+ /.test(line))
    .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  assert.ok(rows.length >= 25, `${rows.length} promises`)
  for (const [at, [, number, , file, title]] of rows.entries()) {
    assert.equal(number, `P${at + 1}`)
    const path = (file ?? '').replaceAll('`', '')
    assert.ok(existsSync(path), `${number}: ${path} does not exist`)
    const source = read(path)
    assert.ok(source.includes(title ?? '\0'), `${number}: ${path} has no test titled "${title}"`)
  }
})

test('every dependency has its line, and only permissive licences are installed', () => {
  const text = read('docs/dependencies.md')
  const names = ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((kind) =>
    Object.keys(manifest[kind] ?? {}),
  )
  for (const name of names) assert.ok(text.includes(`\`${name}\``), `${name} has no line`)
  const permissive = /MIT|ISC|BSD|Apache-2\.0|BlueOak|0BSD|Python-2\.0|CC0|CC-BY|BSL-1\.0|Zlib|Unlicense/
  const others = Object.entries(lock.packages)
    .filter(([path, { license }]) => path && license && !permissive.test(license))
    // weak copyleft of a build tool that is not shipped
    .filter(([path, { license, dev }]) => !(dev && license === 'MPL-2.0' && path.includes('lightningcss')))
    // BSD terms in a file of its own, with the notices of NLM, UCUM and LOINC; only tests read it
    .filter(([path, { dev }]) => !(dev && path === 'node_modules/@lhncbc/ucum-lhc'))
    .map(([path, { license }]) => `${path}: ${license}`)
  assert.deepEqual(others, [])
})

test('every relative link of the documents leads somewhere', () => {
  for (const file of globSync('{*.md,docs/**/*.md}')) {
    for (const [, target] of read(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(dirname(file), target ?? '')), `${file} → ${target}`)
    }
  }
})
