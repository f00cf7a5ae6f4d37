import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Journal } from './journal.ts'
import { atEnd } from '../../../test/peers.ts'

/** a file of which it is counted how often the disk was asked, and which may fail */
async function counted(path: string) {
  const file = await open(path, 'a')
  const told = { syncs: 0, fails: false }
  const handle = {
    appendFile: (lines: string) => (told.fails ? Promise.reject(new Error('ENOSPC')) : file.appendFile(lines)),
    datasync: () => (told.syncs++, file.datasync()),
    close: () => file.close(),
  } as unknown as FileHandle
  return { journal: new Journal(handle), told }
}

test('lines that come while the disk is busy become durable together, each in its order', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-journal-'))
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'journal')
  const { journal, told } = await counted(path)
  const lines = Array.from({ length: 100 }, (_, at) => `line ${at}`)
  await Promise.all(lines.map((line) => journal.note(line)))
  assert.ok(told.syncs <= 2, `${told.syncs} syncs`)
  await journal.note('later')
  assert.equal(readFileSync(path, 'utf8'), [...lines, 'later', ''].join('\n'))
  void journal.note('last')
  await journal.close()
  assert.match(readFileSync(path, 'utf8'), /\nlast\n$/)
})

test('a line that the disk did not take is not durable, and the next one may be', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-journal-'))
  atEnd(t, () => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'journal')
  const { journal, told } = await counted(path)
  told.fails = true
  await assert.rejects(journal.note('lost'), /ENOSPC/)
  told.fails = false
  await journal.note('kept')
  assert.equal(readFileSync(path, 'utf8'), 'kept\n')
  await journal.close()
})
