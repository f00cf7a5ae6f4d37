import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Recent } from './recent.ts'

test('what is asked again and again is answered once, and never more than two generations are kept', () => {
  const asked: string[] = []
  const recent = new Recent<number>(3)
  const answer = (key: string) => {
    asked.push(key)
    return key.length
  }
  for (const key of ['a', 'bb', 'a', 'ccc', 'a', 'dddd', 'a', 'e', 'f', 'a']) recent.of(key, answer)
  assert.deepEqual(asked, ['a', 'bb', 'ccc', 'dddd', 'e', 'f'])
  recent.of('bb', answer)
  assert.equal(asked.at(-1), 'bb')
})
