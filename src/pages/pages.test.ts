import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from '../base/index.ts'
import { hashPassword, passwordMatches, SignIns } from './index.ts'

const code = (error: unknown) => (error as Fault).code
const wrong = () => Promise.resolve(undefined)
const right = () => Promise.resolve('in')

test('five wrong passwords make a name wait a minute, and no other name', async () => {
  let now = 0
  const signIns = new SignIns(() => now)
  for (let attempt = 0; attempt < 5; attempt++)
    await assert.rejects(signIns.attempt('anna', wrong), (error) => code(error) === 'unauthenticated')
  await assert.rejects(signIns.attempt('anna', right), (error) => code(error) === 'too-many-requests')
  assert.equal(await signIns.attempt('boris', right), 'in')
  now = 60_001
  assert.equal(await signIns.attempt('anna', right), 'in')
})

test('attempts of the same moment count before they are looked at', async () => {
  const signIns = new SignIns()
  let looked = 0
  const slow = async () => {
    looked++
    await new Promise((done) => setImmediate(done))
    return undefined
  }
  const all = await Promise.allSettled(Array.from({ length: 100 }, () => signIns.attempt('anna', slow)))
  assert.equal(looked, 5)
  assert.equal(all.filter((one) => one.status === 'rejected' && code(one.reason) === 'too-many-requests').length, 95)
})

test('few passwords are derived at once, and a flood of names is refused', async () => {
  const signIns = new SignIns()
  let running = 0
  let most = 0
  const slow = async () => {
    most = Math.max(most, ++running)
    await new Promise((done) => setImmediate(done))
    running--
    return 'in'
  }
  const all = await Promise.allSettled(Array.from({ length: 100 }, (_, name) => signIns.attempt(`n${name}`, slow)))
  assert.equal(most, 2)
  assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 20)
  assert.equal(await signIns.attempt('after', right), 'in')
})

test('a password is kept as argon2id of it, salted', async () => {
  const [first, second] = await Promise.all([hashPassword('верный пароль'), hashPassword('верный пароль')])
  assert.notEqual(first, second)
  assert.ok(!first.includes('верный'))
  assert.equal(await passwordMatches('верный пароль', first), true)
  assert.equal(await passwordMatches('верный пароль ', first), false)
})
