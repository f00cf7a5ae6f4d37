import assert from 'node:assert/strict'
import { test } from 'node:test'
import { laboratoryMessages } from '../app/demo/index.ts'
import { memorySource } from '../standards/dicom/index.ts'
import { CANARIES, clinicalDocument, documentText } from '../../test/cda-documents.ts'
import { interaction, packed, resultsOf } from '../../test/v3-messages.ts'
import { previewOf } from './preview.ts'

test('a message or document in quarantine is told by its kind and size, and by nothing of whom', () => {
  const { hl7, astm } = laboratoryMessages(0)
  const message = Buffer.concat([hl7[0] as Buffer, Buffer.from('ZQX|secret\rNK1|1|Anna\r')])
  assert.deepEqual(previewOf(memorySource(message), 'hl7'), {
    ...{ sizeBytes: message.length, readable: true, messageType: 'ORU^R01', version: '2.3.1' },
    ...{ segments: 'MSH, PID, PV1, OBR, OBX × 4, others, NK1', characterSet: 'windows-1251' },
  })
  assert.deepEqual(previewOf(memorySource(astm), 'astm').segments, 'H, P, O, R, L')
  const odd = Buffer.from('MSH|^~\\&|A||||2026||Ivanov^Petrov|1|P|Sidorov\rPID|1\r')
  assert.doesNotMatch(JSON.stringify(previewOf(memorySource(odd), 'hl7')), /Ivanov|Petrov|Sidorov/)
  const document = previewOf(memorySource(clinicalDocument()))
  assert.deepEqual([document.document, document.observations, document.characterSet], ['CDA 7', 60, 'utf-8'])
  for (const value of Object.values(CANARIES)) assert.equal(JSON.stringify(document).includes(value), false)
  const carried = previewOf(
    memorySource(Buffer.from(interaction('RCMR_IN000002UV02', '1', packed(documentText())))),
    'hl7',
  )
  assert.deepEqual([carried.messageType, carried.document, carried.observations], ['RCMR_IN000002UV02', 'CDA 7', 60])
  const results = previewOf(memorySource(Buffer.from(interaction('POLB_IN224200UV01', '1', resultsOf('17')))), 'hl7')
  assert.deepEqual([results.messageType, results.document, results.observations], ['POLB_IN224200UV01', undefined, 2])
  assert.deepEqual(previewOf(memorySource(Buffer.from('<a><b></a>'))), { sizeBytes: 10, readable: false })
})
