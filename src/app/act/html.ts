/** The act as a page, in Russian and English: it is printed, signed and filed, so it carries its own style and nothing from outside. */
import type { ActFacts, Method } from './facts.ts'

export type ActLanguage = 'ru' | 'en'

interface Words {
  readonly title: string
  readonly period: string
  readonly project: string
  readonly array: string
  readonly instances: string
  readonly studies: string
  readonly kind: string
  readonly profile: string
  readonly edition: string
  readonly options: string
  readonly methods: string
  readonly method: Readonly<Record<Method, string>>
  readonly actions: string
  readonly attributes: string
  readonly action: Readonly<Record<string, string>>
  readonly texts: string
  readonly textKind: Readonly<Record<string, string>>
  readonly pixels: string
  readonly looked: string
  readonly redacted: string
  readonly boxes: string
  readonly result: string
  readonly verified: string
  readonly warnings: string
  readonly sufficiency: string
  readonly separation: string
  readonly signature: string
  readonly name: string
  readonly date: string
  readonly program: string
  readonly made: string
}

const EN: Words = {
  title: 'Act of de-identification of personal data',
  period: 'Period',
  project: 'Project',
  array: 'Array of data',
  instances: 'DICOM instances',
  studies: 'Studies',
  kind: 'of these',
  profile: 'Profile',
  edition: 'PS3.15 Table E.1-1, edition',
  options: 'Options',
  methods: 'Methods of de-identification',
  method: {
    identifiers:
      'Introduction of identifiers: names and numbers are replaced by a pseudonym, unique identifiers and order numbers by keyed values; the values differ from project to project.',
    composition:
      'Change of composition or meaning: attributes are removed, emptied, replaced by values that say nothing or by coarser ones; names, numbers and addresses in texts and on pictures are taken out.',
    distortion:
      'Distortion: dates are moved by a number of days that belongs to the person and is not kept with the data.',
    decomposition:
      'Decomposition: de-identified data, the vault of identifiers and its keys are kept in separate stores under separate logins.',
  },
  actions: 'What was done with attributes',
  attributes: 'attributes',
  action: {
    keep: 'kept',
    remove: 'removed',
    empty: 'emptied',
    dummy: 'replaced by a value that says nothing',
    uid: 'unique identifier replaced',
    shift: 'date moved',
    pseudonym: 'replaced by the pseudonym',
    'code-string': 'code kept after a check',
    inside: 'sequence gone through',
    clean: 'text cleaned',
    generalise: 'made coarser',
    hash: 'replaced by a keyed code',
    'keep-if-in': 'kept by a list',
    overlay: 'region of interest',
  },
  texts: 'Found in texts and replaced',
  textKind: {},
  pixels: 'Pictures',
  looked: 'looked through for text',
  redacted: 'changed',
  boxes: 'areas blanked',
  result: 'Result',
  verified: 'instances verified after writing: no original value was found in their bytes',
  warnings: 'attributes removed because an action failed',
  sufficiency:
    'The methods were judged sufficient for the purpose of the project by the person who signs below. De-identification lowers the risk of recognition and does not make it zero.',
  separation:
    'Original data are not stored together with these data. Further information that leads back is in the vault; its use is recorded in the ledger.',
  signature: 'Responsible person',
  name: 'name, position',
  date: 'date, signature',
  program: 'Program',
  made: 'Made',
}

const RU: Words = {
  title: 'Акт об обезличивании персональных данных',
  period: 'Период',
  project: 'Проект',
  array: 'Массив данных',
  instances: 'Экземпляров DICOM',
  studies: 'Исследований',
  kind: 'из них',
  profile: 'Профиль',
  edition: 'PS3.15, таблица E.1-1, редакция',
  options: 'Опции',
  methods: 'Методы обезличивания',
  method: {
    identifiers:
      'Введение идентификаторов: имена и номера заменены псевдонимом, уникальные идентификаторы и номера направлений — значениями, вычисленными с ключом; в разных проектах значения различны.',
    composition:
      'Изменение состава или семантики: атрибуты удалены, опустошены, заменены нейтральными или обобщёнными значениями; имена, номера и адреса изъяты из текстов и с изображений.',
    distortion: 'Искажение: даты сдвинуты на число дней, которое принадлежит лицу и не хранится вместе с данными.',
    decomposition:
      'Декомпозиция: обезличенные данные, хранилище идентификаторов и его ключи находятся в раздельных хранилищах с раздельным доступом.',
  },
  actions: 'Действия с атрибутами',
  attributes: 'атрибутов',
  action: {
    keep: 'сохранено',
    remove: 'удалено',
    empty: 'опустошено',
    dummy: 'заменено нейтральным значением',
    uid: 'заменён идентификатор UID',
    shift: 'сдвинута дата',
    pseudonym: 'заменено псевдонимом',
    'code-string': 'код сохранён после проверки',
    inside: 'последовательность разобрана',
    clean: 'текст очищен',
    generalise: 'обобщено',
    hash: 'заменено кодом с ключом',
    'keep-if-in': 'сохранено по списку',
    overlay: 'область интереса',
  },
  texts: 'Найдено в текстах и заменено',
  textKind: {
    name: 'имя',
    date: 'дата',
    snils: 'СНИЛС',
    policy: 'полис',
    passport: 'паспорт',
    phone: 'телефон',
    mail: 'почта',
    address: 'адрес',
    number: 'номер',
    place: 'учреждение',
  },
  pixels: 'Изображения',
  looked: 'просмотрено в поисках текста',
  redacted: 'изменено',
  boxes: 'закрашено областей',
  result: 'Результат',
  verified: 'экземпляров проверено после записи: исходных значений в их байтах не найдено',
  warnings: 'атрибутов удалено, так как действие не удалось',
  sufficiency:
    'Достаточность методов для цели проекта оценена лицом, подписавшим акт. Обезличивание снижает риск узнавания и не делает его нулевым.',
  separation:
    'Исходные данные не хранятся совместно с этими данными. Дополнительная информация, ведущая к субъекту, находится в хранилище идентификаторов; её использование записывается в журнал.',
  signature: 'Ответственное лицо',
  name: 'фамилия, инициалы, должность',
  date: 'дата, подпись',
  program: 'Программа',
  made: 'Составлено',
}

const STYLE = `
  @page { size: A4; margin: 18mm 16mm }
  body { font: 11pt/1.45 "Liberation Serif", "PT Serif", "DejaVu Serif", serif; color: #111; max-width: 178mm; margin: 0 auto }
  h1 { font-size: 16pt; margin: 0 0 4mm } h2 { font-size: 12pt; margin: 6mm 0 2mm }
  table { border-collapse: collapse; width: 100% } td, th { border-bottom: .3pt solid #999; padding: 1mm 2mm 1mm 0; text-align: left; vertical-align: top }
  td.n { text-align: right; padding-right: 0; font-variant-numeric: tabular-nums; white-space: nowrap } ul { margin: 0; padding-left: 5mm }
  .sign { display: flex; gap: 8mm; margin-top: 14mm } .sign div { flex: 1; border-top: .5pt solid #111; padding-top: 1mm; font-size: 9pt }
  h2 { break-after: avoid } tr, li, .sign { break-inside: avoid } small { color: #444 }
  @media screen { body { padding: 12mm 6mm } }
  code { font-family: "Liberation Mono", "DejaVu Sans Mono", monospace; font-size: 9pt }
`

/** @returns a whole HTML document that needs nothing else */
export function actHTML(facts: ActFacts, language: ActLanguage): string {
  const words = language === 'ru' ? RU : EN
  const number = new Intl.NumberFormat(language)
  const day = (iso: string) =>
    new Intl.DateTimeFormat(language, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso))
  const rows = (cells: readonly (readonly [string, number])[]) =>
    `<table>${cells.map(([what, many]) => `<tr><td>${escaped(what)}</td><td class="n">${number.format(many)}</td></tr>`).join('')}</table>`
  const list = (items: readonly string[]) => `<ul>${items.map((item) => `<li>${escaped(item)}</li>`).join('')}</ul>`
  const section = (title: string, body: string) => `<h2>${escaped(title)}</h2>\n${body}\n`
  const { pixels } = facts
  const profiles = `<table>${facts.profiles
    .map(
      ({ id, hash, edition, instances }) =>
        `<tr><td>${escaped(id)}<br><small>${escaped(words.edition)} ${escaped(edition)} · <code>${escaped(hash)}</code></small></td><td class="n">${number.format(instances)}</td></tr>`,
    )
    .join('')}</table>`
  return `<!doctype html>
<html lang="${language}">
<meta charset="utf-8">
<title>${escaped(words.title)}: ${escaped(facts.project)}</title>
<style>${STYLE}</style>
<h1>${escaped(words.title)}</h1>
<p>${escaped(words.project)}: <b>${escaped(facts.title)}</b> (<code>${escaped(facts.project)}</code>)<br>
${escaped(words.period)}: ${day(facts.from)} – ${day(facts.to)}<br>
${escaped(words.made)}: ${day(facts.madeAt)} · ${escaped(words.program)}: ${facts.engines.map(escaped).join(', ')}</p>
${section(words.array, `${rows([[words.studies, facts.studies], [words.instances, facts.instances], ...facts.kinds.map(({ name, instances }) => [`${words.kind} ${name}`, instances] as const)])}`)}
${section(words.methods, list(facts.methods.map((method) => words.method[method])))}
${section(words.profile, profiles + (facts.options.length ? `<p>${words.options}:</p>${list(facts.options)}` : ''))}
${section(words.actions, rows(facts.actions.map(({ action, attributes }) => [words.action[action] ?? action, attributes])))}
${facts.texts.length ? section(words.texts, rows(facts.texts.map(({ kind, places }) => [words.textKind[kind] ?? kind, places]))) : ''}
${section(
  words.pixels,
  rows([
    [words.looked, pixels.looked],
    [words.redacted, pixels.redacted],
    [words.boxes, pixels.boxes],
  ]),
)}
${section(
  words.result,
  rows([
    [words.verified, facts.verified],
    [words.warnings, facts.warnings],
  ]),
)}
<p>${escaped(words.sufficiency)} ${escaped(words.separation)}</p>
<p>${escaped(words.signature)}</p>
<div class="sign"><div>${escaped(words.name)}</div><div>${escaped(words.date)}</div></div>
</html>
`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const escaped = (text: string) => text.replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
