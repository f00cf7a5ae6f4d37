import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { generated } from './generated.ts'

test('generated files are what the generators give', () => {
  for (const [file, text] of generated())
    assert.equal(readFileSync(file, 'utf8') === text, true, `${file} is stale: npm run generate`)
})
