import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { test } from 'node:test'

test('deidentify without a profile of its own loads no reader of configurations', async () => {
  const loaded: string[] = []
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const found = next(specifier, context)
      loaded.push(found.url)
      return found
    },
  })
  await import('./deidentify.ts')
  hooks.deregister()
  assert.ok(loaded.some((url) => url.endsWith('/src/deidentify/index.ts')))
  const readers = /\/(src\/app\/config|src\/clinical|node_modules\/(yaml|zod|@bufbuild|pino))\//
  assert.deepEqual(
    loaded.filter((url) => readers.test(url)),
    [],
  )
})
