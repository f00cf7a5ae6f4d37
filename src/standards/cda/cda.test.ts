import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CANARIES, clinicalDocument, documentText } from '../../../test/cda-documents.ts'
import { Fault } from '../../base/index.ts'
import { documentIn, readClinicalDocument, readXml, rewriteSpans, sensitiveSpans, type SpanKind } from './index.ts'

const fault = (code: string) => (error: unknown) => error instanceof Fault && error.code === code
const bytesOf = (text: string) => Buffer.from(text)

/** windows-1251, for what a test writes */
function windows1251(text: string): Uint8Array {
  const letters = new TextDecoder('windows-1251').decode(Uint8Array.from({ length: 256 }, (_, at) => at))
  return Uint8Array.from(text, (letter) => letters.indexOf(letter))
}

test('every observation of a laboratory document is read, in UTF-8 and in windows-1251 alike', () => {
  const utf8 = readClinicalDocument(clinicalDocument())
  const cp1251 = readClinicalDocument(clinicalDocument({ encoding: 'windows-1251' }, windows1251))
  assert.equal(cp1251.encoding, 'windows-1251')
  assert.equal(utf8.observations.length, 60)
  assert.deepEqual(
    cp1251.observations.map((one) => ({ ...one, offset: 0 })),
    utf8.observations.map((one) => ({ ...one, offset: 0 })),
  )
  const [glucose] = utf8.observations
  assert.deepEqual(
    { ...glucose, offset: 0 },
    {
      offset: 0,
      section: 'RESLAB',
      sectionNumber: 2,
      organizers: [`Биохимия крови (${CANARIES.doctor})`],
      code: { code: '1000100', codeSystem: '1.2.643.5.1.13.13.11.1080', displayName: 'Глюкоза' },
      codeTranslations: [],
      status: 'completed',
      effectiveTime: '202607141030+0300',
      valueType: 'PQ',
      value: '5.60',
      unit: 'mmol/L',
      valueTranslations: [{ value: '5.60', unit: 'ммоль/л' }],
      interpretations: ['N'],
      method: '',
      specimen: 'Кровь венозная',
      ranges: [
        { text: '3.9 - 6.1 ммоль/л', low: { value: '3.9', unit: 'mmol/L' }, high: { value: '6.1', unit: 'mmol/L' } },
      ],
    },
  )
  assert.equal(utf8.code.code, '7')
  assert.deepEqual(
    utf8.sections.map(({ code }) => code),
    ['DOCINFO', 'RESLAB'],
  )
  assert.equal(utf8.sections[0]?.text, `${CANARIES.narrative} на слабость. ${CANARIES.family}`)
  assert.equal(utf8.sections[1]?.text, `${CANARIES.family} 5,60 < 6,1`)
  assert.deepEqual(utf8.patient, {
    ids: [
      { root: '1.2.643.5.1.13.13.12.2.78.1.100.1.1.10', extension: `MRN-${CANARIES.policy}` },
      { root: '1.2.643.100.3', extension: CANARIES.snils },
    ],
    name: [CANARIES.family, CANARIES.given, CANARIES.patronymic],
    birthTime: CANARIES.birth,
    sex: 'F',
  })
})

test('remarks around the root are taken out whole, and a document in a MIME package keeps its declaration', () => {
  const text =
    '<?xml version="1.0" encoding="windows-1251"?>\n<!-- a --><?b c?>\n<ClinicalDocument><!-- d --><code/></ClinicalDocument><!-- e -->'
  const spans = sensitiveSpans(bytesOf(text))
  assert.deepEqual(
    spans.map(({ start, end }) => text.slice(start, end)),
    ['<!-- a -->', '<?b c?>', '<!-- d -->', '<!-- e -->'],
  )
  const rewritten = Buffer.from(rewriteSpans(bytesOf(text), spans, () => '')).toString()
  assert.equal(
    rewritten,
    '<?xml version="1.0" encoding="windows-1251"?>\n\n<ClinicalDocument><code/></ClinicalDocument>',
  )
  const found = documentIn(
    bytesOf(`MIME-Version: 1.0\r\n\r\n${text.replace('<?b c?>', '<?xml-stylesheet href="x"?>')}\r\n--`),
  )
  assert.match(
    Buffer.from(found ?? []).toString(),
    /^<\?xml version="1.0" encoding="windows-1251"\?>.*<\/ClinicalDocument>$/s,
  )
})

test('an offset is where the element stands in the bytes', () => {
  const bytes = Buffer.from(clinicalDocument())
  for (const { offset } of readClinicalDocument(bytes).observations)
    assert.equal(bytes.toString('utf8', offset, offset + 12), '<observation')
})

test('entity bombs, external entities and any other DOCTYPE are refused before anything is read', () => {
  const bomb = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
  const outside = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
  for (const before of [bomb, outside, '<!DOCTYPE ClinicalDocument>'])
    assert.throws(() => readClinicalDocument(clinicalDocument({ before })), fault('xml-doctype'))
  assert.throws(() => readClinicalDocument(bytesOf('<ClinicalDocument>&a;</ClinicalDocument>')), fault('xml-malformed'))
})

test('what is not well-formed, not CDA or in an encoding that hides ASCII ends with its fault and offset', () => {
  const text = documentText()
  const cut = text.slice(0, 3000)
  for (const broken of [
    cut,
    text.replace('</title>', '</titel>'),
    `${text}<more/>`,
    text.replace('code="7"', 'code=7'),
    'text',
    '',
  ])
    assert.throws(
      () => readClinicalDocument(bytesOf(broken)),
      (error) =>
        error instanceof Fault && ['xml-malformed', 'xml-encoding'].includes(error.code) && 'offset' in error.where,
    )
  assert.throws(() => readClinicalDocument(bytesOf('<html/>')), fault('not-cda'))
  assert.throws(() => readClinicalDocument(Buffer.from(text, 'utf16le')), fault('xml-encoding'))
  assert.throws(() => readClinicalDocument(clinicalDocument({ encoding: 'GBK' })), fault('xml-encoding'))
  const deep = `<ClinicalDocument>${'<a>'.repeat(300)}${'</a>'.repeat(300)}</ClinicalDocument>`
  assert.throws(() => readClinicalDocument(bytesOf(deep)), fault('limit-exceeded'))
})

test('references, CDATA and a byte order mark are read; a prefix does not matter', () => {
  const document = `\uFEFF<?xml version='1.0'?><v3:ClinicalDocument xmlns:v3="urn:hl7-org:v3"><v3:component><v3:section>
    <v3:title>&#1040;&#x411; &amp; &quot;</v3:title><v3:text><![CDATA[a < b &amp;]]></v3:text></v3:section></v3:component></v3:ClinicalDocument>`
  const [section] = readClinicalDocument(bytesOf(document)).sections
  assert.deepEqual([section?.title, section?.text], ['АБ & "', 'a < b &amp;'])
})

test('what may name a person is a span, and what says what was found is not', () => {
  const bytes = clinicalDocument()
  const spans = sensitiveSpans(bytes)
  const kinds = new Set(spans.map(({ kind }) => kind))
  for (const kind of [
    'person-identifier',
    'identifier',
    'birth-time',
    'time',
    'name',
    'address',
    'telecom',
    'identity-document',
    'insurance',
    'narrative',
    'title',
    'original-text',
    'range-text',
    'remark',
  ] satisfies SpanKind[])
    assert.ok(kinds.has(kind), kind)
  for (const [before, after] of spans.slice(1).map((span, at) => [spans[at], span] as const))
    assert.ok((before?.end ?? 0) <= after.start, 'spans do not overlap')
  const cleared = rewriteSpans(bytes, spans, ({ kind, path }) =>
    kind === 'range-text' ? undefined : path.includes('@') ? '0' : '',
  )
  const text = Buffer.from(cleared).toString()
  for (const canary of Object.values(CANARIES)) assert.ok(!text.includes(canary), canary)
  const [before, after] = [readClinicalDocument(bytes), readClinicalDocument(cleared)]
  const results = ({ observations }: typeof before) =>
    observations.map(({ code, value, unit, ranges, status, interpretations }) => ({
      code,
      value,
      unit,
      ranges,
      status,
      interpretations,
    }))
  assert.deepEqual(results(after), results(before))
})

test('a document keeps every byte that no span covers, and new text is safe in any encoding', () => {
  for (const [encoding, encode] of [
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['windows-1251', windows1251],
  ] as const) {
    const bytes = Buffer.from(clinicalDocument({ encoding }, encode))
    const spans = sensitiveSpans(bytes)
    assert.deepEqual(Buffer.from(rewriteSpans(bytes, spans, () => undefined)), bytes)
    const written = Buffer.from(rewriteSpans(bytes, spans, () => 'Псевдоним <&">'))
    let [at, from] = [0, 0]
    const replacement = /(?:&#\d+;|[ -~])*?&#62;/y
    for (const { kind, start, end } of spans) {
      assert.ok(bytes.subarray(from, start).equals(written.subarray(at, at + start - from)))
      replacement.lastIndex = at + start - from
      const length = kind === 'remark' ? 0 : replacement.exec(written.toString('latin1'))?.[0].length
      at += start - from + (length ?? assert.fail())
      from = end
    }
    assert.ok(bytes.subarray(from).equals(written.subarray(at)))
    assert.equal(readClinicalDocument(written).patient.name.join(' '), 'Псевдоним <&">')
  }
})

test('an attribute or text that no table knows is a span, not something kept', () => {
  const odd = `<ClinicalDocument xmlns="urn:hl7-org:v3" note="a"><unknown who="b">c</unknown>
    <code code="1" displayName="d"/><component><section><entry><observation><value xsi:type="TS" value="19610412"/>
    <value xsi:type="ST">e</value><reference value="http://f"/></observation></entry></section></component></ClinicalDocument>`
  assert.deepEqual(
    sensitiveSpans(bytesOf(odd)).map(({ kind, text }) => [kind, text()]),
    [
      ['attribute', 'a'],
      ['attribute', 'b'],
      ['text', 'c'],
      ['attribute', 'd'],
      ['time', '19610412'],
      ['value-text', 'e'],
      ['attribute', 'http://f'],
    ],
  )
  // who asks for nothing is told nothing, however long the document is
  assert.equal(readXml(clinicalDocument({ observations: 300 }), () => ({})).label, 'utf-8')
})
