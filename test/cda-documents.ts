/** Clinical documents as Russian laboratories write them (SEMD), made by code: sixty results, about 70 kB, nobody's. */

const FSLI = '1.2.643.5.1.13.13.11.1080'
const UNITS = '1.2.643.5.1.13.13.11.1358'

/** name, unit in UCUM, unit in Russian, value, low, high */
const TESTS = [
  ['Глюкоза', 'mmol/L', 'ммоль/л', '5.60', '3.9', '6.1'],
  ['Креатинин', 'umol/L', 'мкмоль/л', '88', '62', '106'],
  ['Гемоглобин', 'g/L', 'г/л', '141', '130', '160'],
  ['Лейкоциты', '10*9/L', '10^9/л', '6.20', '4.0', '9.0'],
  ['Аланинаминотрансфераза', 'U/L', 'Ед/л', '31', '', '41'],
  ['Мочевина', 'mmol/L', 'ммоль/л', '6.1', '2.5', '8.3'],
] as const

/** what stands where a person would be named; looked for in what comes out */
export const CANARIES = {
  snils: '112-233-445 95',
  family: 'Канарейкина',
  given: 'Пелагея',
  patronymic: 'Ивановна',
  street: 'ул. Канареечная, 7',
  phone: '+7 812 000-00-07',
  passport: '4007 123987',
  policy: '7856320012345678',
  birth: '19610412',
  doctor: 'Врачебнов',
  hospital: 'Больница Канареек',
  narrative: 'Пациентка Канарейкина П. И. жалуется',
  setId: '7f3a-canary-setid',
  comment: 'canary-in-a-comment',
} as const

export interface DocumentOptions {
  readonly encoding?: string
  readonly observations?: number
  /** put before the root element */
  readonly before?: string
}

/** @returns the text of a document; `clinicalDocument` gives its bytes */
export function documentText({ encoding = 'UTF-8', observations = 60, before = '' }: DocumentOptions = {}): string {
  const c = CANARIES
  const results = Array.from({ length: observations }, (_, at) => observation(at)).join('\n')
  return `<?xml version="1.0" encoding="${encoding}"?>
<?xml-stylesheet type="text/xsl" href="${c.family}.xsl"?>
${before}<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:identity="urn:hl7-ru:identity" xmlns:address="urn:hl7-ru:address" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <!-- ${c.comment} -->
  <realmCode code="RU"/>
  <typeId root="2.16.840.1.113883.1.3" extension="POCD_MT000040"/>
  <templateId root="1.2.643.5.1.13.13.14.7.9.4"/>
  <id root="1.2.643.5.1.13.13.12.2.78.1.100.1.1.51" extension="doc-${c.setId}"/>
  <code code="7" codeSystem="1.2.643.5.1.13.13.11.1522" codeSystemVersion="4.45" codeSystemName="Виды медицинской документации" displayName="Протокол лабораторного исследования"/>
  <title>Протокол: ${c.family} ${c.given}</title>
  <effectiveTime value="20260714103000+0300"/>
  <confidentialityCode code="N" codeSystem="1.2.643.5.1.13.13.99.2.285" displayName="Обычный"/>
  <languageCode code="ru-RU"/>
  <setId root="1.2.643.5.1.13.13.12.2.78.1.100.1.1.50" extension="${c.setId}"/>
  <versionNumber value="1"/>
  <recordTarget>
    <patientRole>
      <id root="1.2.643.5.1.13.13.12.2.78.1.100.1.1.10" extension="MRN-${c.policy}"/>
      <id root="1.2.643.100.3" extension="${c.snils}"/>
      <identity:IdentityDoc>
        <identity:IdentityCardType code="1" codeSystem="1.2.643.5.1.13.13.99.2.48" displayName="Паспорт гражданина РФ"/>
        <identity:Number xsi:type="ST">${c.passport}</identity:Number>
      </identity:IdentityDoc>
      <identity:InsurancePolicy><identity:Number>${c.policy}</identity:Number></identity:InsurancePolicy>
      <addr use="H"><streetAddressLine>${c.street}</streetAddressLine><postalCode>197341</postalCode></addr>
      <telecom use="MC" value="tel:${c.phone}"/>
      <patient>
        <name><family>${c.family}</family><given>${c.given}</given><identity:Patronymic>${c.patronymic}</identity:Patronymic></name>
        <administrativeGenderCode code="2" codeSystem="1.2.643.5.1.13.13.11.1040" displayName="Женский"/>
        <birthTime value="${c.birth}"/>
      </patient>
      <providerOrganization><name>${c.hospital}</name><telecom value="tel:${c.phone}"/></providerOrganization>
    </patientRole>
  </recordTarget>
  <author>
    <time value="20260714110000+0300"/>
    <assignedAuthor>
      <id root="1.2.643.100.3" extension="${c.snils}"/>
      <code code="42" codeSystem="1.2.643.5.1.13.13.11.1002" displayName="Врач клинической лабораторной диагностики"/>
      <assignedPerson><name><family>${c.doctor}</family><given>Пётр</given></name></assignedPerson>
    </assignedAuthor>
  </author>
  <legalAuthenticator>
    <time value="20260714111500+0300"/><signatureCode code="S"/>
    <assignedEntity><id root="1.2.643.100.3" extension="${c.snils}"/><assignedPerson><name>${c.doctor}</name></assignedPerson></assignedEntity>
  </legalAuthenticator>
  <component><structuredBody>
    <component><section>
      <code code="DOCINFO" codeSystem="1.2.643.5.1.13.13.99.2.197" displayName="Сведения о документе"/>
      <title>Сведения</title>
      <text><paragraph>${c.narrative} на слабость.</paragraph><![CDATA[${c.family}]]></text>
    </section></component>
    <component><section>
      <code code="RESLAB" codeSystem="1.2.643.5.1.13.13.99.2.197" displayName="Результаты лабораторных исследований"/>
      <title>РЕЗУЛЬТАТЫ</title>
      <text><table><tbody><tr><td>${c.family}</td><td>5,60 &lt; 6,1</td></tr></tbody></table></text>
      <entry><organizer classCode="CLUSTER" moodCode="EVN">
        <statusCode code="completed"/>
        <specimen><specimenRole><specimenPlayingEntity><code code="108" codeSystem="1.2.643.5.1.13.13.11.1081" displayName="Кровь венозная"/></specimenPlayingEntity></specimenRole></specimen>
        <component><organizer classCode="BATTERY" moodCode="EVN">
          <code><originalText>Биохимия крови (${c.doctor})</originalText></code>
          <statusCode code="completed"/>
${results}
        </organizer></component>
      </organizer></entry>
    </section></component>
  </structuredBody></component>
</ClinicalDocument>
`
}

function observation(at: number): string {
  const [name, ucum, russian, value, low, high] = TESTS[at % TESTS.length] as (typeof TESTS)[number]
  const bound = (side: string, text: string) => (text ? `<${side} value="${text}" unit="${ucum}"/>` : '')
  return `          <component><observation classCode="OBS" moodCode="EVN">
            <code code="${1000100 + (at % TESTS.length)}" codeSystem="${FSLI}" codeSystemVersion="3.84" codeSystemName="Федеральный справочник лабораторных исследований" displayName="${name}"><originalText><reference value="#res${at}"/></originalText></code>
            <statusCode code="completed"/>
            <effectiveTime value="202607141030+0300"/>
            <value xsi:type="PQ" value="${value}" unit="${ucum}"><translation value="${value}" code="${100 + at}" codeSystem="${UNITS}" displayName="${russian}"/></value>
            <interpretationCode code="N"/>
            <referenceRange><observationRange><text>${low} - ${high} ${russian}</text><value xsi:type="IVL_PQ">${bound('low', low)}${bound('high', high)}</value></observationRange></referenceRange>
          </observation></component>`
}

/** @param encode text to bytes; UTF-8 where nothing else is said */
export const clinicalDocument = (
  options: DocumentOptions = {},
  encode: (text: string) => Uint8Array = (text) => Buffer.from(text),
): Uint8Array => encode(documentText(options))
