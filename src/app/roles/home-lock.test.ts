import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { atEnd, temporaryFolder } from '../../../test/peers.ts'
import { lockHome } from './home-lock.ts'

test('a home has one supervisor, also of many that start at once, and another when that one was killed', async (t) => {
  const folder = temporaryFolder(t)
  const path = join(folder, 'lock.sock')
  const program = `import { lockHome } from '${join(import.meta.dirname, 'home-lock.ts')}'
    await lockHome('${path}').then(() => (console.log('held'), setInterval(() => {}, 1000)), ({ code }) => console.log(code))`
  const start = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    atEnd(t, () => child.kill('SIGKILL'))
    const [said] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
    return { child, said: said.trim() }
  }
  const many = await Promise.all(Array.from({ length: 6 }, start))
  assert.deepEqual(many.map(({ said }) => said).sort(), ['held', ...Array<string>(5).fill('home-in-use')].sort())
  await assert.rejects(lockHome(path), { code: 'home-in-use' })
  const first = many.find(({ said }) => said === 'held')
  first?.child.kill('SIGKILL')
  if (first) await once(first.child, 'exit')
  const unlock = await lockHome(path)
  await assert.rejects(lockHome(path), { code: 'home-in-use' })
  unlock()
  assert.deepEqual(readdirSync(folder), [])
})
