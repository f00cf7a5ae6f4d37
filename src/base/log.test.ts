import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { test } from 'node:test'
import { atEnd } from '../../test/peers.ts'
import { smallVolume } from '../../test/small-volume.ts'

const LOG = join(import.meta.dirname, 'log.ts')
const program = (rest: string) => ['--input-type=module', '-e', `import { log } from '${LOG}'; ${rest}`]
const env = { ...process.env, SLUICE_LOG: 'info' }

test('who reads the log may go away or be a full disk: nothing ends and nothing grows', async (t) => {
  const many = `for (let line = 0; line < 50_000; line++) log.info('something happened', { line })
    console.error('said beside it'); setTimeout(() => process.send({ MB: process.memoryUsage().rss >> 20 }), 200)`
  const outcome = async (stderr: 'pipe' | number, andThen: (child: ReturnType<typeof spawn>) => void) => {
    const child = spawn(process.execPath, program(many), { env, stdio: ['ignore', 'ignore', stderr, 'ipc'] })
    atEnd(t, () => child.kill('SIGKILL'))
    andThen(child)
    const [answer] = (await Promise.race([once(child, 'message'), once(child, 'exit')])) as [{ MB: number } | number]
    return answer
  }
  const plain = await outcome(openSync('/dev/null', 'w'), () => {})
  for (const answer of [
    await outcome('pipe', (child) => child.stderr?.destroy()),
    await outcome(openSync('/dev/full', 'w'), () => {}),
  ]) {
    assert.equal(typeof answer, 'object', `ended with ${String(answer)}`)
    assert.ok((answer as { MB: number }).MB < (plain as { MB: number }).MB + 30)
  }
})

test('a log on a disk that was full goes on when there is room', (t) => {
  const folder = smallVolume(t, 1 << 20)
  if (!folder) return
  const file = join(folder, 'log')
  const fd = openSync(file, 'a')
  atEnd(t, () => closeSync(fd))
  writeSync(fd, Buffer.alloc(1 << 20))
  const rest = `import { truncateSync } from 'node:fs'
    for (let line = 0; line < 100; line++) log.info('too late', { line })
    truncateSync(${JSON.stringify(file)})
    log.info('there is room')`
  const { status } = spawnSync(process.execPath, program(rest), { env, stdio: ['ignore', 'ignore', fd] })
  assert.equal(status, 0)
  assert.match(readFileSync(file, 'utf8'), /there is room/)
})

test('nothing of a foreign error’s message is in the log, however many lines it has', () => {
  const rest = `log.warn('it failed', {}, new SyntaxError('Unexpected token\\nIvanov^Ivan\\n1 January 1970'))`
  const { stderr } = spawnSync(process.execPath, program(rest), { env, encoding: 'utf8' })
  assert.match(stderr, /"cause":"SyntaxError /)
  assert.doesNotMatch(stderr, /Ivanov|January/)
})
