/** Messages of a laboratory: byte for byte to its system and back, and captured when it took them. */
import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { frame, readMessage, splitBatch } from '../../src/standards/hl7/index.ts'
import { laboratoryMessages } from '../../src/app/demo/index.ts'
import { astmSession, startLaboratory, talk } from '../laboratory.ts'
import { eventually, freePort } from '../peers.ts'
import { startSluice } from '../sluice.ts'

const corpus = join(process.env.SLUICE_CORPUS ?? '../shared/corpus', 'hl7')

/** what was made for this, and the public messages where they are at hand; each with its own control number */
function messages(): Buffer[] {
  const made = Array.from({ length: 4 }, (_, at) => laboratoryMessages(at).hl7).flat()
  if (!existsSync(corpus)) return made
  const names = readdirSync(corpus).filter((name) => name.endsWith('.hl7'))
  const single = names.map((name) => readFileSync(join(corpus, name))).filter(isPlain)
  return [...made, ...single]
}

/** one message, in original mode, with a number of its own */
function isPlain(bytes: Buffer): boolean {
  if (splitBatch(bytes).messages.length !== 1) return false
  const fields = readMessage(bytes)
    .bytes.toString('latin1')
    .split(/[\r\n]/)
    .find((line) => line.includes('MSH'))
    ?.split('|')
  return (
    Boolean(fields?.[9]) && !fields?.[14] && !fields?.[15] && !bytes.includes('\rMSA|') && !bytes.includes('\nMSA|')
  )
}

test('ORU^R01 and ASTM results reach the laboratory byte for byte, its answers come back, and what it took is captured', async (t) => {
  const [lis, host] = [await startLaboratory(t, 'mllp'), await startLaboratory(t, 'astm')]
  const [mllpPort, astmPort] = [await freePort(), await freePort()]
  const sluice = await startSluice(t, {
    prepare: async (folder) => {
      const { readFile, writeFile } = await import('node:fs/promises')
      const file = join(folder, 'sluice.yaml')
      const text = await readFile(file, 'utf8')
      const links = [
        `  - { name: lab, protocol: mllp, listen: 127.0.0.1:${mllpPort}, upstream: 127.0.0.1:${lis.port} }`,
        `  - { name: analyser, protocol: astm, listen: 127.0.0.1:${astmPort}, upstream: 127.0.0.1:${host.port} }`,
      ]
      const rules = `  - { name: results, project: head-ct, when: 'hl7.messageType == "ORU^R01" && association.link == "lab"' }`
      await writeFile(
        file,
        text.replace('projects:', `${links.join('\n')}\nprojects:`).replace('rules:', `rules:\n${rules}`),
      )
    },
  })
  const operator = await signIn(sluice.ready.operate, sluice.bootstrap.operate)
  const sent = messages()
  const framed = sent.map(frame)
  const answers = await talk(mllpPort, framed)
  assert.ok(lis.received().equals(Buffer.concat(framed)), 'to the laboratory')
  assert.ok(answers.equals(lis.sent()), 'back to the device')
  const { astm } = laboratoryMessages(0)
  const session = astmSession(astm)
  assert.ok((await talk(astmPort, session)).equals(host.sent()))
  assert.ok(host.received().equals(Buffer.concat(session)))

  const selected = sent.filter((bytes) => /\|ORU\^R01[|^]/.test(bytes.toString('latin1'))).length
  const settled = await eventually(
    'every message is captured and settled',
    async () => {
      const { links, queues } = await operator()
      const lab = links.find(({ name }) => name === 'lab')
      return queues.waiting === 0 &&
        queues.archived + queues.quarantined === selected &&
        queues.notSelected === sent.length - selected + 1
        ? { lab, queues }
        : undefined
    },
    60_000,
  )
  assert.equal(settled.lab?.messages?.message, sent.length)
  assert.equal(settled.lab?.messages?.acknowledgement, sent.length)
  // at the gate, in doubt: messages of others' test systems may name somebody where no table expects it
  assert.ok(settled.queues.archived > 0.9 * selected, JSON.stringify(settled.queues))
  for (const word of ['ИВАНОВ', 'Иванов']) assert.equal(sluice.stderr().includes(word), false)
})

interface Snapshot {
  readonly links: readonly { name: string; messages?: Record<string, number> }[]
  readonly queues: { waiting: number; archived: number; quarantined: number; notSelected: number }
}

async function signIn(page: string, token: string): Promise<() => Promise<Snapshot>> {
  const answer = await fetch(`${page}/api/bootstrap`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ token, name: 'operator', password: 'correct horse' }),
  })
  assert.ok(answer.ok, `signed in: ${answer.status}`)
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
  return async () => {
    const response = await fetch(`${page}/api/live`, { headers: { cookie } })
    assert.equal(response.status, 200, `${cookie ? 'with' : 'without'} a session`)
    let told = ''
    // an event ends with an empty line, wherever the pieces end
    for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      told += text
      if (told.includes('\n\n')) break
    }
    const [event = ''] = told.split('\n\n')
    return JSON.parse(event.replace(/^data: /, '')) as Snapshot
  }
}
