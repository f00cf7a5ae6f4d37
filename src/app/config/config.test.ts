import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demoConfig, hospitalConfig, parseConfig } from './index.ts'

test('the configurations we write are right', () => {
  assert.deepEqual(parseConfig(demoConfig('x'), 'f').mistakes, [])
  assert.deepEqual(
    parseConfig(hospitalConfig('x', { listen: '0.0.0.0:11112', upstream: 'pacs.local:104' }), 'f').mistakes,
    [],
  )
})

test('every mistake is named with file, line and column', () => {
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    ['version: 1\nhom: ./x\n', 2, 6, /hom is not a setting/],
    ['version: 2\n', 1, 10, /version/],
    ['version: 1\nweb: { listen: 8080 }\n', 2, 16, /web.listen/],
    ['version: 1\nlinks:\n  - { name: a, listen: 0.0.0.0:1, upstream: nowhere }\n', 3, 45, /must be host:port/],
    ['version: 1\nrules:\n  - { name: r, project: p, when: "true" }\n', 3, 25, /no project p/],
    [
      'version: 1\nprojects: [{ name: p, title: t }]\nrules:\n  - name: r\n    project: p\n    when: \'dicom.Modalty == "CT"\'\n',
      6,
      16,
      /Modalty is not a keyword/,
    ],
    [
      'version: 1\nweb: { listen: 127.0.0.1:99 }\noperate: { listen: 127.0.0.1:99 }\n',
      3,
      20,
      /port 99 is taken by web.listen/,
    ],
    ['version: 1\nlinks: [\n', 3, 1, /./],
    ['version: 1\nweb: { listen: 127.0.0.1:70000 }\n', 2, 16, /70000 is not a port/],
  ]
  for (const [text, line, column, message] of cases) {
    const [mistake] = parseConfig(text, 'sluice.yaml').mistakes
    assert.match(mistake?.message ?? 'none', message, text)
    assert.equal(mistake?.line, line, text)
    assert.ok(Math.abs((mistake?.column ?? -9) - column) <= 2, `${text}: column ${mistake?.column}, not ${column}`)
  }
})
