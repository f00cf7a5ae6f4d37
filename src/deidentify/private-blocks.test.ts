import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tag, el, file, project, cleared } from '../../test/gate-instances.ts'
import {
  attribute,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  items,
  numbers,
  text,
  type NewElement,
} from '../standards/dicom/index.ts'
import type { ProfileRow } from './profile/source.ts'

test('a private attribute is kept by creator, group and element, in blocks that are counted anew', async () => {
  const elements: readonly NewElement[] = [
    { tag: 0x00190010, vr: 'LO', value: 'SOMEBODY' },
    { tag: 0x00190011, vr: 'LO', value: 'SIEMENS MR HEADER' },
    { tag: 0x0019100c, vr: 'LO', value: 'of somebody' },
    { tag: 0x0019110c, vr: 'IS', value: '1000' },
    { tag: 0x0019110f, vr: 'LO', value: 'not safe' },
    { tag: 0x0021100c, vr: 'LO', value: 'without a creator' },
    {
      tag: tag('ReferencedImageSequence'),
      vr: 'SQ',
      value: [
        [
          { tag: 0x00090010, vr: 'LO', value: 'OTHER' },
          { tag: 0x0019001f, vr: 'LO', value: 'SIEMENS MR HEADER' },
          { tag: 0x00191f27, vr: 'FD', value: [1, 2, 3, 4, 5, 6] },
        ],
      ],
    },
  ]
  for (const syntax of [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN]) {
    const { attributes, report, written } = await cleared(file(elements, { syntax }), project(['retain-safe-private']))
    assert.equal(text(attributes, 0x00190010), 'SIEMENS MR HEADER')
    assert.equal(Buffer.from(attribute(attributes, 0x0019100c)?.value ?? []).toString(), '1000')
    assert.equal(attribute(attributes, 0x0019100f), undefined)
    assert.equal(attribute(attributes, 0x00190011), undefined)
    assert.equal(attribute(attributes, 0x00210010), undefined)
    const inside = items(attributes, 'ReferencedImageSequence')[0] ?? attributes
    assert.equal(text(inside, 0x00190010), 'SIEMENS MR HEADER')
    assert.equal(attribute(inside, 0x00191027)?.length, 48)
    assert.equal(attribute(inside, 0x00090010), undefined)
    for (const gone of ['of somebody', 'not safe', 'without a creator'])
      assert.equal(written.includes(gone), false, gone)
    const [said] = items(attributes, tag('PrivateDataElementCharacteristicsSequence'))
    assert.equal(text(said ?? attributes, 'PrivateCreatorReference'), 'SIEMENS MR HEADER')
    assert.deepEqual(numbers(said ?? attributes, 'PrivateGroupReference'), [0x19])
    assert.equal(report.parsed, report.kept + report.changed + report.removed)
  }
  const none = await cleared(file(elements))
  assert.equal(
    [...none.attributes.byTag.keys()].some((one) => (one >>> 16) & 1),
    false,
  )
  assert.equal(items(none.attributes, tag('PrivateDataElementCharacteristicsSequence')).length, 0)
})

test('a site keeps its own private attributes; UIDs in them are mapped, dates treated as everywhere', async () => {
  const rows: readonly ProfileRow[] = [{ private: { creator: 'MAKER', group: '0029' }, action: 'K' }]
  const bytes = file([
    { tag: 0x00290010, vr: 'LO', value: 'MAKER' },
    { tag: 0x00291001, vr: 'UI', value: '1.3.6.1.4.1.99.2' },
    { tag: 0x00291002, vr: 'DA', value: '20240229' },
    { tag: 0x00291003, vr: 'LO', value: 'kernel 7' },
    { tag: 0x00291004, vr: 'LO', value: 'of Petrova' },
    { tag: 0x00291005, vr: 'SQ', value: [[el('StudyDescription', 'LO', 'inside'), el('SliceThickness', 'DS', '5')]] },
  ])
  const { attributes, written } = await cleared(bytes, project([], rows))
  assert.match(text(attributes, 0x00291001) ?? '', /^2\.25\./)
  assert.equal(attribute(attributes, 0x00291002), undefined)
  assert.equal(text(attributes, 0x00291003), 'kernel 7')
  assert.equal(written.includes('Petrova'), false)
  const inside = items(attributes, 0x00291005)[0] ?? attributes
  assert.equal(text(inside, 'SliceThickness'), '5')
  assert.equal(written.includes('inside'), false)
})
