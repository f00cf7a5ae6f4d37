/** The doors of both pages, knocked at as a browser that was led astray, a script or a guesser would. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import pg from 'pg'
import { createOperateServer, type OperateSnapshot } from '../../src/clinical/operate/index.ts'
import { atEnd, eventually, temporaryFolder } from '../peers.ts'
import { world } from './dicomweb-world.ts'

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

/** As it is written: no client in between that would tidy the address or the headers. */
const knock = (port: number, path: string, options: http.RequestOptions & { body?: string | Buffer } = {}) =>
  new Promise<Answer>((done, fail) => {
    const { body = '', ...more } = options
    const request = http.request({ port, path, agent: false, ...more }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      response.on('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, text }))
      response.on('error', fail)
    })
    request.on('error', fail)
    request.end(body)
  })
const post = (port: number, path: string, body: object | string | Buffer, headers: Record<string, string> = {}) =>
  knock(port, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  })
const cookieOf = ({ headers }: Answer): string => headers['set-cookie']?.[0]?.split(';')[0] ?? ''

const empty = {
  at: 0,
  links: [],
  associations: [],
  gaps: [],
  quarantine: [],
  processes: [],
} as unknown as OperateSnapshot
/** not signed in, not there, or not an address at all */
const REFUSED: ReadonlySet<number> = new Set([400, 401, 404])
const SECRET = 'what stands beside the page'

async function operate(t: TestContext, names: readonly string[] = []) {
  const home = temporaryFolder(t)
  const staticFolder = join(home, 'dist')
  mkdirSync(join(staticFolder, 'assets'), { recursive: true })
  writeFileSync(join(staticFolder, 'operate.html'), '<!doctype html><title>Sluice</title>')
  writeFileSync(join(staticFolder, 'assets', 'page-abc.js'), '')
  writeFileSync(join(home, 'secret'), SECRET)
  const asked: string[] = []
  const quarantine = (ref: string) => (asked.push(ref), Promise.reject(new Error('not here')))
  const start = () =>
    createOperateServer({
      ...{ listen: { host: '127.0.0.1', port: 0 }, names, staticFolder, accountsFile: join(home, 'operators.json') },
      snapshot: () => empty,
      quarantine: { show: quarantine, redo: quarantine, reject: quarantine },
    })
  const server = await start()
  atEnd(t, () => server.close())
  return { ...{ server, port: server.port, token: server.bootstrapToken ?? '', home, asked }, again: start }
}

/** the same address, its letters written as a router also reads them */
function* spellings(path: string): Generator<string> {
  yield path
  for (const at of [1, 2, 3]) yield `${path.slice(0, at)}%${path.charCodeAt(at).toString(16)}${path.slice(at + 1)}`
  yield path.replace('-', '%2d')
  yield path.replaceAll(/(?!^)\//g, '%2f')
  yield `/${path}`
  yield `/.${path}`
  yield `/x/..${path}`
  yield `/x/%2e%2e${path}`
  yield path.toUpperCase()
  yield `${path}/`
  yield `${path};a=b`
  yield `${path}%00`
  yield `${path}?open=/api/session`
}

test('the operator’s page', { timeout: 60_000 }, async (t) => {
  const { port, token, asked, again, home } = await operate(t, ['sluice.hospital.example'])
  const name = 'anna'
  const password = 'correct horse'

  await t.test('a token makes the first account once, also when it is used twice at the same moment', async () => {
    const both = await Promise.all(
      ['first', 'second'].map((one) => post(port, '/api/bootstrap', { token, name: one, password })),
    )
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 401])
    const winner = both.findIndex(({ status }) => status === 200)
    assert.equal((await post(port, '/api/sign-in', { name: ['first', 'second'][winner], password })).status, 200)
    assert.equal((await post(port, '/api/bootstrap', { token, name, password })).status, 401)
    const next = await again()
    assert.equal(next.bootstrapToken, undefined)
    await next.close()
  })

  await t.test('without a session no address of data answers, however it is written', async () => {
    for (const path of ['/api/live', '/api/quarantine/some-ref'])
      for (const address of spellings(path)) {
        const { status, text } = await knock(port, address)
        assert.ok(REFUSED.has(status) || text.includes('<title>Sluice'), `${address}: ${status}`)
        assert.ok(!text.includes('"links"'))
      }
    for (const action of ['redo', 'reject'])
      for (const address of spellings(`/api/quarantine/some-ref/${action}`)) {
        const { status } = await post(port, address, { reason: 'because of this' })
        assert.ok(REFUSED.has(status), `${address}: ${status}`)
      }
    assert.deepEqual(asked, [])
    for (const method of ['HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])
      assert.ok(REFUSED.has((await knock(port, '/api/live', { method })).status), method)
  })

  await t.test('nothing that stands beside the built page is given out', async () => {
    for (const path of [
      '/../secret',
      '/..%2fsecret',
      '/%2e%2e/secret',
      '/%2e%2e%2fsecret',
      '/..%5csecret',
      '/assets/../../secret',
      '/assets/..%2f..%2fsecret',
      '/%252e%252e/secret',
      '/secret%00.html',
      '//secret',
      `/${home}/secret`,
      '/..%c0%afsecret',
    ]) {
      const { text, status } = await knock(port, path)
      assert.ok(!text.includes(SECRET), path)
      assert.ok(status < 500, `${path}: ${status}`)
    }
  })

  await t.test('a name that is not the page’s own is refused, as one that DNS was bent to', async () => {
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1.evil.example', 'localhost.evil.example'])
      for (const path of ['/', '/api/session', '/healthz', '/nothing']) {
        const { status, text } = await knock(port, path, { headers: { host } })
        assert.equal(status, 421, `${host}${path}`)
        assert.ok(!text.includes('evil'))
      }
    for (const host of [`127.0.0.1:${port}`, 'localhost', '[::1]:8081', '10.1.2.3', 'sluice.hospital.example'])
      assert.equal((await knock(port, '/healthz', { headers: { host } })).status, 200, host)
  })

  await t.test('another site’s page cannot act, and the cookie is for this page alone', async () => {
    const own = `http://127.0.0.1:${port}`
    const host = `127.0.0.1:${port}`
    const signIn = (origin: string) => post(port, '/api/sign-in', { name: 'nobody', password }, { origin, host })
    for (const origin of ['http://evil.example', 'null', '', 'http://127.0.0.1:1', own.replace('http', 'x')])
      assert.ok([403, 401].includes((await signIn(origin)).status), origin)
    for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:1'])
      assert.equal((await signIn(origin)).status, 403, origin)
    assert.equal((await signIn(own)).status, 401)
    const form = await post(port, '/api/sign-in', 'name=a&password=b', {
      'content-type': 'application/x-www-form-urlencoded',
    })
    assert.equal(form.status, 415)
  })

  await t.test('every answer carries the headers, and answers of data are not kept', async () => {
    for (const path of ['/', '/nothing', '/api/session', '/api/live', '/api/nothing', '/assets/page-abc.js']) {
      const { headers } = await knock(port, path)
      const policy = headers['content-security-policy'] ?? ''
      for (const directive of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"])
        assert.ok(String(policy).includes(directive), `${path}: ${directive}`)
      assert.ok(!/script-src[^;]*unsafe-(inline|eval)/.test(String(policy)))
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.equal(headers['x-frame-options'], 'DENY')
      assert.equal(headers['referrer-policy'], 'no-referrer')
      assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
      assert.equal(headers['access-control-allow-origin'], undefined)
      assert.equal(headers['x-powered-by'], undefined)
    }
    assert.equal((await knock(port, '/api/session')).headers['cache-control'], 'no-store')
    assert.equal((await knock(port, '/')).headers['cache-control'], 'no-cache')
    assert.match(String((await knock(port, '/assets/page-abc.js')).headers['cache-control']), /immutable/)
  })

  await t.test('bodies and headers are bounded, and nothing of them comes back', async () => {
    const mark = 'ПОМЕТКА-MARK'
    const answers = [
      await post(port, '/api/sign-in', `{"name":"${mark}","password":"${'x'.repeat(2_000_000)}"}`),
      await post(port, '/api/sign-in', `{"__proto__":{"name":"${mark}"},"name":"a","password":"b"}`),
      await post(port, '/api/sign-in', `{"name":"${mark}`),
      await post(port, '/api/sign-in', { name: [mark], password: { mark } }),
      await post(port, '/api/sign-in', { name: mark, password: mark }),
      await knock(port, `/api/${encodeURIComponent(mark)}?a=${encodeURIComponent(mark)}`),
      await knock(port, '/api/session', { headers: { cookie: `sluice_operate=${encodeURIComponent(mark)}` } }),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [413, 400, 400, 400, 401, 404, 204],
    )
    for (const { text } of answers) assert.ok(!/ПОМЕТКА|MARK|%D0/.test(text), text)
    const large = await knock(port, '/api/session', { headers: { 'x-large': 'x'.repeat(100_000) } }).catch(
      () => undefined,
    )
    assert.ok(large === undefined || large.status === 431)
    assert.equal((await knock(port, '/healthz')).status, 200)
  })

  await t.test('wrong passwords make a name wait, and names that do not exist wait as well', async () => {
    for (const one of ['nobody-here', 'first'])
      assert.deepEqual(
        (
          await Promise.all(
            Array.from({ length: 8 }, () => post(port, '/api/sign-in', { name: one, password: 'wrong' })),
          )
        )
          .map(({ status }) => status)
          .sort(),
        [401, 401, 401, 401, 401, 429, 429, 429],
      )
  })
})

test('sessions of the operator’s page end', { timeout: 60_000 }, async (t) => {
  const { port, token, again } = await operate(t, ['sluice.hospital.example'])
  const begun = await post(port, '/api/bootstrap', { token, name: 'anna', password: 'correct horse' })
  const [attributes = ''] = begun.headers['set-cookie'] ?? []
  assert.match(attributes, /^sluice_operate=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/; Max-Age=43200$/)
  const secure = await post(
    port,
    '/api/sign-in',
    { name: 'anna', password: 'correct horse' },
    { host: 'sluice.hospital.example', origin: 'https://sluice.hospital.example', 'x-forwarded-proto': 'https' },
  )
  assert.match(secure.headers['set-cookie']?.[0] ?? '', /; Secure$/)
  const cookie = cookieOf(begun)

  await t.test('a sign-out ends the session and the stream that runs under it', async () => {
    let ended = false
    const stream = http.get({ port, path: '/api/live', agent: false, headers: { cookie } }, (response) =>
      response.on('end', () => (ended = true)).resume(),
    )
    atEnd(t, () => stream.destroy())
    await new Promise((done) => stream.once('response', done))
    assert.equal((await knock(port, '/api/session', { headers: { cookie } })).status, 200)
    assert.equal((await post(port, '/api/sign-out', {}, { cookie })).status, 204)
    assert.equal((await knock(port, '/api/session', { headers: { cookie } })).status, 204)
    assert.equal((await knock(port, '/api/quarantine/x', { headers: { cookie } })).status, 401)
    await eventually('the stream ends', () => ended)
  })

  await t.test('a session lasts twelve hours, and a token that nobody used a quarter of one', async () => {
    const other = await operate(t)
    const signed = await post(port, '/api/sign-in', { name: 'anna', password: 'correct horse' })
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 15 * 60_000 + 1 })
    const late = await post(other.port, '/api/bootstrap', {
      token: other.token,
      name: 'eve',
      password: 'correct horse',
    })
    assert.equal(late.status, 401)
    assert.equal((await knock(port, '/api/session', { headers: { cookie: cookieOf(signed) } })).status, 200)
    t.mock.timers.setTime(Date.now() + 12 * 3600_000)
    assert.equal((await knock(port, '/api/session', { headers: { cookie: cookieOf(signed) } })).status, 204)
    t.mock.timers.reset()
  })
  await (await again()).close()
})

test('the research page', { timeout: 120_000 }, async (t) => {
  const w = await world(t)
  const { port } = w.server

  await t.test('without a session no address of data answers, however it is written', async () => {
    for (const path of [
      '/api/studies',
      '/api/people',
      '/api/live',
      '/api/projects',
      '/dicom-web/studies',
      '/dicom-web/studies/2.25.1/metadata',
      '/fhir/Patient',
      '/fhir/metadata',
    ])
      for (const address of spellings(path)) {
        const { status, headers } = await knock(port, address)
        assert.ok(REFUSED.has(status), `${address}: ${status}`)
        assert.equal(headers['access-control-allow-origin'], undefined)
      }
    for (const address of spellings('/dicom-web/studies')) {
      const { status } = await post(port, address, 'x', {
        'content-type': 'multipart/related; type="application/dicom"; boundary=B',
      })
      assert.ok(REFUSED.has(status), `${address}: ${status}`)
    }
    assert.equal((await knock(port, '/dicom-web/studies')).headers['www-authenticate'], 'Basic realm="Sluice", Bearer')
  })

  await t.test('an operator’s session is nobody here, nor a researcher’s there', async () => {
    const clinical = await operate(t)
    const operator = cookieOf(
      await post(clinical.port, '/api/bootstrap', { token: clinical.token, name: 'admin', password: 'correct horse' }),
    )
    const secret = operator.split('=')[1] ?? ''
    for (const headers of [
      { cookie: operator },
      { cookie: `sluice_research=${secret}` },
      { authorization: `Bearer ${secret}` },
    ])
      assert.equal((await knock(port, '/api/studies', { headers })).status, 401)
    for (const headers of [
      { cookie: `sluice_operate=${w.secret}` },
      { authorization: `Bearer ${w.secret}` },
      { cookie: `sluice_research=${w.secret}` },
    ])
      assert.equal((await knock(clinical.port, '/api/live', { headers })).status, 401)
    // nor does one page's password open the other
    assert.equal(
      (await post(clinical.port, '/api/sign-in', { name: 'researcher', password: 'correct horse' })).status,
      401,
    )
  })

  await t.test('a token that is late, or used twice at the same moment, makes no account', async () => {
    const db = new pg.Client(w.connection)
    await db.connect()
    const { rows } = await db.query<{ password: string }>('select password from account')
    assert.ok(rows.every(({ password }) => password.startsWith('argon2id ')))
    await db.query('delete from account')
    const { openAccounts } = await import('../../src/research/serve/accounts/accounts.ts')
    const accounts = await openAccounts(w.connection)
    atEnd(t, () => accounts.close())
    const token = (await accounts.bootstrapToken()) ?? ''
    await db.query(`update bootstrap set expires = now() - interval '1 second'`)
    await assert.rejects(accounts.bootstrap(token, 'late', 'correct horse'), { code: 'unauthenticated' })
    const second = (await accounts.bootstrapToken()) ?? ''
    const both = await Promise.allSettled(['one', 'two'].map((one) => accounts.bootstrap(second, one, 'correct horse')))
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    const { rows: kept } = await db.query('select name from account')
    assert.equal(kept.length, 1)
    assert.equal(await accounts.bootstrapToken(), undefined)
    const { secret } = await accounts.signIn((kept[0] as { name: string }).name, 'correct horse')
    const { rows: sessions } = await db.query<{ hash: string }>('select hash from session')
    assert.ok(sessions.every(({ hash }) => hash !== secret && /^[0-9a-f]{64}$/.test(hash)))
    await db.query(`update session set expires = now() - interval '1 second'`)
    assert.equal(await accounts.sessionOf(secret), undefined)
    await db.end()
  })

  await t.test('odd and greedy searches are refused or answered, and never an error of ours', async () => {
    const { secret } = await openSession(w)
    const headers = { authorization: `Bearer ${secret}` }
    const frames = '/dicom-web/studies/1.2/series/1.3/instances/1.4/frames'
    const expected: readonly (readonly [string, readonly number[]])[] = [
      ["/dicom-web/studies?PatientName=' OR '1'='1", [204]],
      ['/dicom-web/studies?PatientID=%25&PatientName=_', [204]],
      ['/dicom-web/studies?limit=-1', [400]],
      ['/dicom-web/studies?limit=1e9', [400]],
      ['/dicom-web/studies?offset=1000000000000000000', [204, 400]],
      ['/dicom-web/studies?limit=5&limit=6', [204, 400]],
      ['/dicom-web/studies?00100010%00=x', [400]],
      ['/dicom-web/studies?PatientName=x%00', [400]],
      [`/dicom-web/studies?PatientName=${'*'.repeat(2000)}x`, [204, 400]],
      [`/dicom-web/studies?${'includefield=PatientName&'.repeat(500)}`, [204, 400]],
      ['/dicom-web/studies?StudyDate=20260101-20250101-x', [204, 400]],
      ['/dicom-web/studies?__proto__=x', [400]],
      ['/dicom-web/studies?constructor=x', [400]],
      [`${frames}/1,0,999999`, [400, 404]],
      [`${frames}/${'1,'.repeat(1500)}1`, [400, 404, 414]],
      [`${frames}/-1`, [400, 404]],
      ['/dicom-web/studies/..%2f..%2fapi%2fprojects', [400, 404]],
      ['/dicom-web/studies/1.2%00', [400, 404]],
      ['/dicom-web/studies/%', [400, 404]],
      ['/fhir/Patient?_count=-1', [200, 400]],
      ['/fhir/Patient?_count=99999999999999999999', [200, 400]],
      ['/fhir/Observation?date=ge2026-13-45', [200, 400]],
      ['/fhir/__proto__', [404]],
      ['/api/studies?offset=-5&search=%25%25', [200]],
      ['/api/studies?search=%00', [400]],
      ['/api/people?offset=1e9&search=%5c%27', [200, 400]],
    ]
    const others: string[] = []
    for (const [path, statuses] of expected) {
      const { status, text } = await knock(port, path.replaceAll(' ', '%20'), { headers })
      if (!statuses.includes(status)) others.push(`${path.slice(0, 80)}: ${status} ${text.slice(0, 200)}`)
    }
    assert.deepEqual(others, [])
    const range = await knock(port, '/dicom-web/studies', { headers: { ...headers, range: 'bytes=0-,-1' } })
    assert.equal(range.status, 204)
    const accept = await knock(port, '/dicom-web/studies', { headers: { ...headers, accept: 'a/b;q=abc,;,*' } })
    assert.ok(accept.status < 500)
    assert.equal((await post(port, '/api/sign-in', { name: 'a\0b', password: 'x' })).status, 400)
    const compressed = await post(port, '/api/sign-in', Buffer.from('H4sIAAAAAAAAA', 'base64'), {
      'content-encoding': 'gzip',
    })
    assert.ok(compressed.status >= 400 && compressed.status < 500)
  })

  await t.test('a failure says what and where, and gives nothing of the request back', async () => {
    const { secret } = await openSession(w)
    const mark = 'MARK1234'
    const headers = { authorization: `Bearer ${secret}` }
    const paths = [
      `/dicom-web/studies?${mark}=1`,
      `/dicom-web/studies?PatientName=${mark}'&limit=-1`,
      `/dicom-web/studies?limit=${mark}`,
      `/dicom-web/studies?offset=${mark}`,
      `/dicom-web/studies?includefield=${mark}`,
      `/dicom-web/studies/${mark}/series`,
      `/dicom-web/studies/1.2/series/${mark}`,
      `/dicom-web/studies/1.2/series/1.3/instances/1.4/frames/${mark}`,
      `/dicom-web/studies/1.2/series/1.3/instances/1.4/bulkdata/${mark}`,
      `/dicom-web/studies/1.2/series/1.3/instances/1.4/bulkdata/..%2f..%2f${mark}`,
      `/dicom-web/${mark}`,
      `/fhir/${mark}`,
      `/fhir/Patient/${mark}`,
      `/fhir/Patient?gender=${mark}&_count=${mark}`,
      `/fhir/Observation?date=${mark}`,
      `/api/messages/${mark}`,
      `/api/${mark}`,
    ]
    for (const path of paths) {
      const { status, text } = await knock(port, path, { headers: { ...headers, prefer: 'handling=strict' } })
      assert.ok(status < 500, `${path}: ${status} ${text}`)
      assert.ok(!text.includes(mark), `${path}: ${text}`)
    }
  })
})

async function openSession(w: Awaited<ReturnType<typeof world>>): Promise<{ readonly secret: string }> {
  const db = new pg.Client(w.connection)
  await db.connect()
  const { rows } = await db.query<{ name: string }>('select name from account')
  await db.end()
  const signed = await post(w.server.port, '/api/sign-in', { name: rows[0]?.name, password: 'correct horse' })
  return { secret: cookieOf(signed).split('=')[1] ?? '' }
}
