/** Killed parts, signals, broken configurations: what the hospital sees of them. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startDemoPacs, sendStudy, examination } from '../../src/app/demo/index.ts'
import type { DicomJson } from '../../src/standards/dicom/index.ts'
import { atEnd, eventually, freePort, portAnswers, run, temporaryFolder } from '../peers.ts'
import { configText, startSluice } from '../sluice.ts'

/** roles and pids of a running Sluice's children, from the process table */
function childrenOf(pid: number): readonly (readonly [role: string, pid: number])[] {
  const listed = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number)
  return listed.flatMap((child) => {
    const role = /roles\/([a-z]+)\.ts/.exec(commandOf(child))?.[1]
    return role ? [[role, child] as const] : []
  })
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    // it ended since it was listed
    return ''
  }
}

const childOf = (pid: number, role: string): number | undefined => new Map(childrenOf(pid)).get(role)

async function echoServer(t: TestContext): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => {}).pipe(socket))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  atEnd(t, () => server.close())
  return (server.address() as AddressInfo).port
}

/** Sluice before an archive of the demo, somebody signed in, and the gaps as they are written down. */
async function beforeDemoPacs(t: TestContext) {
  const pacs = await startDemoPacs({ port: 0 })
  atEnd(t, () => pacs.close())
  const sluice = await startSluice(t, { upstreamPort: pacs.port })
  const { json } = await sluice.signIn()
  const file = join(sluice.folder, 'data/clinical/gaps.jsonl')
  const gaps = () =>
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      // the last may be half written
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { reason: string; bytesToUpstream: number; from: number; to: number })
  return { pacs, sluice, port: sluice.ready.links[0]?.port ?? 0, json, gaps }
}

test(
  'traffic passes while observer, worker and research are killed, and everything is archived in the end',
  { timeout: 300_000 },
  async (t) => {
    const { pacs, sluice, port, json, gaps } = await beforeDemoPacs(t)
    const whole = async (): Promise<number> => {
      const studies = await json<DicomJson[]>('/dicom-web/studies').catch(() => [])
      if (!Array.isArray(studies)) return 0
      return studies.filter((study) => study['00201208']?.Value?.[0] === 24).length
    }
    for (const [number, role] of ['observer', 'worker', 'research'].entries()) {
      const before = pacs.received()
      const sending = sendStudy(port, examination(number))
      await new Promise((done) => setTimeout(done, 300))
      const child = childOf(sluice.child.pid ?? 0, role)
      assert.ok(child, role)
      process.kill(child, 'SIGKILL')
      await sending
      assert.equal(pacs.received(), before + 24)
      await eventually(`${role} is there again`, () => childOf(sluice.child.pid ?? 0, role))
      if (role !== 'observer') continue
      // what was in the air when it died is a recorded gap, and so is what begins before it listens again; sent again, it is whole
      await eventually('the first study is whole', async () => {
        await sendStudy(port, examination(number))
        return (await whole()) === 1
      })
    }
    await eventually('three studies are whole', async () => (await whole()) === 3, 40_000)
    assert.ok(gaps().some(({ reason }) => reason === 'gone'))
  },
)

test(
  'what ended and was not read when the observer was killed is a gap; what ends last is read before it is told to end',
  { timeout: 120_000 },
  async (t) => {
    const { sluice, port, json, gaps } = await beforeDemoPacs(t)
    const observer = childOf(sluice.child.pid ?? 0, 'observer') ?? 0
    process.kill(observer, 'SIGSTOP')
    // it ends for device and archive while nobody has read a byte of its copy
    await sendStudy(port, examination(0))
    process.kill(observer, 'SIGKILL')
    const gap = await eventually('the gap is written', () => gaps()[0])
    assert.equal(gap.reason, 'gone')
    assert.ok(gap.bytesToUpstream > 24 * 512 * 512 * 2 && gap.to > gap.from)
    await eventually('the next study is whole', async () => {
      await sendStudy(port, examination(1))
      const studies = await json<DicomJson[]>('/dicom-web/studies')
      return studies.some((study) => study['00201208']?.Value?.[0] === 24)
    })
    // a relay takes with it what runs
    const cut = connect(port, '127.0.0.1').on('error', () => {})
    atEnd(t, () => cut.destroy())
    await new Promise((done) => setTimeout(done, 500))
    process.kill(childOf(sluice.child.pid ?? 0, 'relay') ?? 0, 'SIGKILL')
    await eventually('that gap is written', () => gaps().some(({ reason }) => reason === 'cut'))
    const before = gaps().length
    await sendStudy(port, examination(2))
    sluice.child.kill('SIGTERM')
    await once(sluice.child, 'exit')
    assert.equal(gaps().length, before)
  },
)

test(
  'SIGHUP takes a new configuration without cutting what runs; a broken one changes nothing',
  { timeout: 300_000 },
  async (t) => {
    const upstream = await echoServer(t)
    const sluice = await startSluice(t, { upstreamPort: upstream })
    const port = sluice.ready.links[0]?.port ?? 0
    const running = connect(port, '127.0.0.1')
    const say = async (word: string) => {
      running.write(word)
      const [answer] = (await once(running, 'data')) as [Buffer]
      return answer.toString()
    }
    assert.equal(await say('before'), 'before')

    const text = readFileSync(sluice.config, 'utf8')
    writeFileSync(sluice.config, text.replace('dicom.Modality ==', 'dicom.Modalty =='))
    sluice.child.kill('SIGHUP')
    await eventually('the mistake is named', () => /sluice\.yaml:\d+:\d+: .*Modalty/.test(sluice.stderr()))
    assert.equal(await say('still'), 'still')

    const second = await freePort()
    writeFileSync(
      sluice.config,
      text.replace(
        'links:\n',
        `links:\n  - { name: second, listen: 127.0.0.1:${second}, upstream: 127.0.0.1:${upstream} }\n`,
      ),
    )
    sluice.child.kill('SIGHUP')
    const other = await eventually(
      'the new link answers',
      () =>
        new Promise<boolean>((done) => {
          const socket = connect(second, '127.0.0.1').on('error', () => done(false))
          socket.on('connect', () => socket.write('x')).on('data', () => (socket.destroy(), done(true)))
        }),
    )
    assert.equal(other, true)
    assert.equal(await say('after'), 'after')

    // pages move, relays become more and fewer, a taken port changes nothing
    const [web, operate] = [await freePort(), await freePort()]
    const pages = text
      .replace(/web: .*/, `web: { listen: 127.0.0.1:${web} }`)
      .replace(/operate: .*/, `operate: { listen: 127.0.0.1:${operate} }`)
    writeFileSync(sluice.config, `${pages}relay: { processes: 3 }\n`)
    sluice.child.kill('SIGHUP')
    for (const page of [web, operate])
      await eventually(
        `the page at ${page}`,
        () =>
          fetch(`http://127.0.0.1:${page}/healthz`).then(
            ({ ok }) => ok,
            () => false,
          ),
        60_000,
      )
    assert.match(sluice.stderr(), /this page began again/)
    const relays = () => childrenOf(sluice.child.pid ?? 0).filter(([role]) => role === 'relay').length
    await eventually('three relays', () => relays() === 3, 40_000)
    writeFileSync(sluice.config, `${pages}relay: { processes: 1 }\n`)
    sluice.child.kill('SIGHUP')
    await eventually('one relay', () => relays() === 1, 40_000)
    assert.equal(await say('kept'), 'kept')
    writeFileSync(sluice.config, pages.replace(`127.0.0.1:${web}`, `127.0.0.1:${upstream}`))
    sluice.child.kill('SIGHUP')
    await eventually('the taken port is named', () => /could not be put in force/.test(sluice.stderr()))
    assert.equal((await fetch(`http://127.0.0.1:${web}/healthz`)).status, 200)
    assert.equal(await say('end'), 'end')
    running.destroy()
  },
)

test('SIGTERM lets running associations finish, then everything ends', { timeout: 300_000 }, async (t) => {
  const upstream = await echoServer(t)
  const sluice = await startSluice(t, { upstreamPort: upstream, drainTimeoutMs: 60_000 })
  const running = connect(sluice.ready.links[0]?.port ?? 0, '127.0.0.1')
  running.write('a')
  await once(running, 'data')
  sluice.child.kill('SIGTERM')
  await eventually('it drains', () => sluice.stderr().includes('draining'))
  running.write('b')
  const [answer] = (await once(running, 'data')) as [Buffer]
  assert.equal(answer.toString(), 'b')
  running.end()
  const [code] = (await once(sluice.child, 'exit')) as [number]
  assert.equal(code, 0)
})

test(
  'traffic passes while the database and the pages cannot be started, which is told, tried again, and ready in the end',
  { timeout: 300_000 },
  async (t) => {
    const blockers: Server[] = []
    let link = 0
    let data = ''
    let told = ''
    const starting = startSluice(t, {
      upstreamPort: await echoServer(t),
      told: (stderr) => (told = stderr),
      prepare: async (folder) => {
        // a file where the database needs a folder
        data = join(folder, 'data')
        mkdirSync(data)
        writeFileSync(join(data, 'postgres-logins'), '')
        const ports = [...readFileSync(join(folder, 'sluice.yaml'), 'utf8').matchAll(/listen: 127\.0\.0\.1:(\d+)/g)]
        for (const [, port] of ports.slice(0, 2)) {
          const blocker = createServer().listen(Number(port), '127.0.0.1')
          await once(blocker, 'listening')
          blockers.push(blocker)
          atEnd(t, () => blocker.close())
        }
        link = Number(ports[2]?.[1])
      },
    })
    await eventually('it starts', () => link > 0)
    await portAnswers(link)
    const device = connect(link, '127.0.0.1')
    atEnd(t, () => device.destroy())
    const passes = async () => {
      device.write('x')
      await once(device, 'data')
      await new Promise((done) => setTimeout(done, 100))
    }
    const whilePassing = (what: string, probe: () => boolean) => eventually(what, async () => (await passes(), probe()))
    await whilePassing('the database is missing', () => told.includes('(of database)'))
    rmSync(join(data, 'postgres-logins'))
    for (const role of ['operate', 'research'])
      await whilePassing(`${role} is missing`, () => told.includes(`(of ${role}, port `))
    for (const blocker of blockers) blocker.close()
    const sluice = await starting
    for (const role of ['research', 'operate'])
      assert.equal(sluice.stderr().match(new RegExp(`in use\\. \\(of ${role}, port \\d+\\)`, 'g'))?.length, 1, role)
    assert.equal(sluice.stderr().match(/^sluice: .*\(of database\)/gm)?.length, 1)
    assert.doesNotMatch(sluice.stderr(), /began again/)
    assert.equal((await fetch(`${sluice.ready.web}/healthz`)).status, 200)
  },
)

test(
  'a second Sluice with the same home is refused, and the first notices nothing',
  { timeout: 300_000 },
  async (t) => {
    const sluice = await startSluice(t, { upstreamPort: await echoServer(t) })
    const before = childrenOf(sluice.child.pid ?? 0)
    const other = `${sluice.config}.other.yaml`
    const ports = await Promise.all([1, 2, 3].map(() => freePort()))
    const elsewhere = readFileSync(sluice.config, 'utf8').replace(
      /(listen: 127\.0\.0\.1):\d+/g,
      (_, listen) => `${listen}:${ports.pop()}`,
    )
    for (const text of [elsewhere, readFileSync(sluice.config, 'utf8')]) {
      writeFileSync(other, text)
      const { status, stdout, stderr } = await run(process.execPath, ['src/app/main.ts', 'up', '--config', other])
      assert.deepEqual([status, stdout], [1, ''])
      assert.match(stderr, /^sluice: Another Sluice runs with this home\.\n.*`home` of its own\.\n$/)
    }
    assert.deepEqual(childrenOf(sluice.child.pid ?? 0), before)
    assert.equal((await fetch(`${sluice.ready.web}/healthz`)).status, 200)
  },
)

test(
  'an observer or a relay that hangs is ended, and a machine that was suspended ends nobody',
  { timeout: 300_000 },
  async (t) => {
    const sluice = await startSluice(t, { upstreamPort: await echoServer(t) })
    const pid = sluice.child.pid ?? 0
    const observer = childOf(pid, 'observer') ?? 0
    // as after a suspension: all of it stood still, and the clock went on
    const all = [pid, ...childrenOf(pid).map(([, child]) => child)]
    for (const one of all) process.kill(one, 'SIGSTOP')
    await new Promise((done) => setTimeout(done, 8000))
    for (const one of all) process.kill(one, 'SIGCONT')
    await new Promise((done) => setTimeout(done, 3000))
    assert.equal(childOf(pid, 'observer'), observer)
    for (const role of ['observer', 'relay']) {
      const before = childOf(pid, role) ?? 0
      process.kill(before, 'SIGSTOP')
      await eventually(`another ${role}`, () => ![undefined, before].includes(childOf(pid, role)), 60_000)
      assert.match(sluice.stderr(), new RegExp(`"of":"${role}","msg":"a process does not answer and is ended"`))
    }
    const device = connect(sluice.ready.links[0]?.port ?? 0, '127.0.0.1')
    device.write('x')
    await once(device, 'data')
    device.destroy()
  },
)

test('nothing ends when nobody reads any more what Sluice says', { timeout: 300_000 }, async (t) => {
  const sluice = await startSluice(t, { upstreamPort: await echoServer(t) })
  const device = connect(sluice.ready.links[0]?.port ?? 0, '127.0.0.1')
  atEnd(t, () => device.destroy())
  const pid = sluice.child.pid ?? 0
  const before = childrenOf(pid)
  sluice.child.stdout?.destroy()
  sluice.child.stderr?.destroy()
  // a page that begins again is told on standard error, and every end in the log
  for (const role of ['operate', 'research', 'observer', 'worker']) process.kill(childOf(pid, role) ?? 0, 'SIGKILL')
  await eventually('all are there again', () => childrenOf(pid).length === before.length)
  for (const page of [sluice.ready.web, sluice.ready.operate])
    await eventually(page, () =>
      fetch(`${page}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
  sluice.child.kill('SIGHUP')
  device.write('x')
  await once(device, 'data')
  device.destroy()
  assert.equal(childOf(pid, 'relay'), new Map(before).get('relay'))
  sluice.child.kill('SIGTERM')
  assert.deepEqual(await once(sluice.child, 'exit'), [0, null])
})

test('SIGTERM in the middle of the start ends everything, the database too', { timeout: 300_000 }, async (t) => {
  const folder = temporaryFolder(t)
  chmodSync(folder, 0o755)
  const [link, web, operate] = await Promise.all([1, 2, 3].map(() => freePort()))
  const upstream = await echoServer(t)
  const config = join(folder, 'sluice.yaml')
  // a page that cannot be shown keeps the start from its end
  const blocker = createServer().listen(web, '127.0.0.1')
  atEnd(t, () => blocker.close())
  writeFileSync(
    config,
    configText({ link: link ?? 0, upstream, web: web ?? 0, operate: operate ?? 0, demo: false, drainTimeoutMs: 500 }),
  )
  const cluster = join(folder, 'data/postgres')
  for (const at of [`${cluster}/data.making`, `${cluster}/data/postmaster.pid`, 'the page']) {
    const child = spawn(process.execPath, ['src/app/main.ts', 'up', '--config', config], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    atEnd(t, () => child.kill('SIGKILL'))
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    await eventually(at, () => (at === 'the page' ? stderr.includes('of research') : existsSync(at)))
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    assert.equal(code, 0, stderr)
    assert.equal(existsSync(join(cluster, 'data/postmaster.pid')), false, 'the database ended')
  }
})
