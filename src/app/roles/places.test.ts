import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOME_BYTES } from '../config/index.ts'
import { placesOf } from './places.ts'

test('every socket of the longest home has a name that a system takes', () => {
  const places = placesOf(`/${'h'.repeat(HOME_BYTES - 1)}`)
  const sockets = Object.entries(places).filter(([name]) => name.endsWith('Socket'))
  assert.equal(sockets.length, 4)
  // sun_path of unix(7) and its end; the lock has its name with nine bytes more for a moment
  for (const [name, path] of sockets) assert.ok(path.length + (name === 'lockSocket' ? 9 : 0) <= 103, name)
})
