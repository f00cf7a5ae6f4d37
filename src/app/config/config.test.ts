import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demoConfig, hospitalConfig, parseConfig, parseProfile } from './index.ts'

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
    [
      'version: 1\nprojects:\n  - { name: a, title: A, profile: { options: [retain-uids] } }\n  - { name: b, title: B, profile: { options: [retain-uids] } }\n',
      ...([4, 37, /only one project may keep its UIDs/] as const),
    ],
    ['version: 1\nlinks: [\n', 3, 1, /./],
    [`version: 1\nhome: /${'дом/'.repeat(12)}\n`, 2, 7, /home has a path of 84 bytes; .* at most 74/],
    ['version: 1\nweb: { listen: 127.0.0.1:70000 }\n', 2, 16, /70000 is not a port/],
    ['version: 1\nlinks:\n  - { name: a, listen: 0.0.0.0:1, upstream: h:70000 }\n', 3, 45, /70000 is not a port/],
    ['version: 1\nlinks:\n  - { name: a, listen: 0.0.0.0:1, upstream: h:0 }\n', 3, 45, /0 is not a port/],
  ]
  for (const [text, line, column, message] of cases) {
    const [mistake] = parseConfig(text, 'sluice.yaml').mistakes
    assert.match(mistake?.message ?? 'none', message, text)
    assert.equal(mistake?.line, line, text)
    assert.ok(Math.abs((mistake?.column ?? -9) - column) <= 2, `${text}: column ${mistake?.column}, not ${column}`)
  }
})

test('a profile in a file of its own is read, and its mistakes have file, line and column', () => {
  const right = `
base: basic
options: [clean-descriptors, retain-longitudinal-modified-dates]
rows:
  - { attribute: AccessionNumber, action: hash }
  - { private: { creator: SIEMENS MR HEADER, group: '0019', element: 0C }, action: K }
`
  assert.equal(parseProfile(right, 'p.yaml').profile?.rows?.length, 2)
  const cases: readonly (readonly [string, number, number, RegExp])[] = [
    ['base: basic\noptions: [clean-descriptor]\n', 2, 11, /options\.0/],
    ['base: basic\nrows:\n  - { attribute: PatientName, action: K }\n', 3, 18, /gate itself/],
    ['base: basic\nrows:\n  - { attribute: Modality, action: Q }\n', 3, 36, /rows\.0\.action/],
    ['base: basic\nrows:\n  - attribute: StudyDate\n    acton: X\n    action: X\n', 4, 12, /acton is not a setting/],
    ['options: [retain-longitudinal-full-dates, retain-longitudinal-modified-dates]\n', 1, 43, /not both/],
    [
      "options: [clean-pixel-data]\nregions:\n  - { name: A, model: '(', blank: outside-ultrasound-regions }\n",
      3,
      23,
      /regular/,
    ],
    [
      'options: [clean-pixel-data]\nregions: [{ name: A, blank: [{ x: 0, y: 0, width: 9, height: 9 }] }]\n',
      2,
      18,
      /needs one of/,
    ],
    [
      'options: [clean-pixel-data]\nregions:\n  - { name: A, rows: 5, blank: [{ x: 0, y: 0, width: 9, height: 9 }] }\n',
      ...([3, 33, /larger than the picture/] as const),
    ],
    ['edition: { name: 2099a, file: none.txt }\n', 1, 31, /there is no file/],
    [
      'regions: [{ name: A, rows: 5, blank: [{ x: 0, y: 0, width: 9, height: 4 }] }]\n',
      1,
      10,
      /under clean-pixel-data/,
    ],
    ["rows: [{ private: { creator: A, group: '0018' }, action: K }]\n", 1, 19, /not a private one/],
  ]
  for (const [text, line, column, message] of cases) {
    const [mistake] = parseProfile(text, 'p.yaml').mistakes
    assert.match(mistake?.message ?? 'none', message, text)
    assert.equal(mistake?.line, line, text)
    assert.ok(Math.abs((mistake?.column ?? -9) - column) <= 2, `${text}: column ${mistake?.column}, not ${column}`)
  }
})

test('a link that leads back to itself is refused, also by way of others', () => {
  const link = (name: string, listen: string, upstream: string) =>
    `  - { name: ${name}, listen: "${listen}", upstream: "${upstream}" }\n`
  const mistakes = (...links: string[]) =>
    parseConfig(`version: 1\nlinks:\n${links.join('')}`, 'f').mistakes.map(({ line, message }) => `${line} ${message}`)
  assert.deepEqual(mistakes(link('a', '0.0.0.0:11112', '127.0.0.1:11112')), ['3 a leads back to itself'])
  assert.deepEqual(mistakes(link('a', '127.0.0.1:1', 'localhost:2'), link('b', '0.0.0.0:2', '127.0.0.1:1')), [
    '3 a leads back to itself',
    '4 b leads back to itself',
  ])
  // another machine's port, another of our addresses, and a chain that ends
  assert.deepEqual(mistakes(link('a', '0.0.0.0:11112', '192.0.2.7:11112')), [])
  assert.deepEqual(mistakes(link('a', '127.0.0.2:11112', '127.0.0.1:11112')), [])
  assert.deepEqual(mistakes(link('a', '127.0.0.1:1', '127.0.0.1:2'), link('b', '127.0.0.1:2', '192.0.2.7:104')), [])
})
