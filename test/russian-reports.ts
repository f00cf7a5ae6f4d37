/**
 * Russian reports with people planted in them, made by templates from names and endings: what the gate's recognition of free
 * text is tested and measured on. The names are held back from every list of the gate.
 */
import { heldOut } from '../tools/generate/held-out-words.ts'

export interface Planted {
  readonly start: number
  readonly end: number
  readonly kind: string
}
export interface Report {
  readonly text: string
  readonly planted: readonly Planted[]
  /** of whom the report is, as the data set would say */
  readonly patient: { readonly names: readonly string[]; readonly identifiers: readonly string[] }
}

type Random = () => number
/** Lehmer's generator: the same reports for the same seed, everywhere */
const randomOf = (seed: number): Random => {
  let state = (seed % 2147483646) + 1
  return () => (state = (state * 48271) % 2147483647) / 2147483647
}
const one = <T>(from: readonly T[], random: Random): T => from[Math.floor(random() * from.length)] as T
const digits = (count: number, random: Random) =>
  Array.from({ length: count }, () => Math.floor(random() * 10)).join('')

type Case = 'nom' | 'gen' | 'dat' | 'ins'
interface Person {
  readonly surname: Readonly<Record<Case, string>>
  readonly first: Readonly<Record<Case, string>>
  readonly patronymic: Readonly<Record<Case, string>>
  readonly initials: readonly [string, string]
}

const inCases = (stem: string, endings: readonly [string, string, string, string]): Record<Case, string> => ({
  nom: stem + endings[0],
  gen: stem + endings[1],
  dat: stem + endings[2],
  ins: stem + endings[3],
})
const fixed = (word: string) => inCases(word, ['', '', '', ''])

function surname(word: string, isWoman: boolean): Record<Case, string> {
  if (/(?:[оеё]в|[иы]н)$/.test(word)) return inCases(word, isWoman ? ['а', 'ой', 'ой', 'ой'] : ['', 'а', 'у', 'ым'])
  if (/[сц]кий$/.test(word))
    return inCases(word.slice(0, -2), isWoman ? ['ая', 'ой', 'ой', 'ой'] : ['ий', 'ого', 'ому', 'им'])
  if (isWoman || /[оеиую]$/.test(word)) return fixed(word)
  if (/ой$/.test(word)) return inCases(word.slice(0, -2), ['ой', 'ого', 'ому', 'ым'])
  return inCases(word, ['', 'а', 'у', 'ом'])
}
function first(word: string): Record<Case, string> {
  if (/ия$/.test(word)) return inCases(word.slice(0, -1), ['я', 'и', 'и', 'ей'])
  if (/[ая]$/.test(word)) return inCases(word.slice(0, -1), [word.slice(-1), 'ы', 'е', 'ой'])
  if (/[йь]$/.test(word)) return inCases(word.slice(0, -1), [word.slice(-1), 'я', 'ю', 'ем'])
  return /[еиоу]$/.test(word) ? fixed(word) : inCases(word, ['', 'а', 'у', 'ом'])
}
const patronymic = (word: string): Record<Case, string> =>
  word.endsWith('а') ? inCases(word.slice(0, -1), ['а', 'ы', 'е', 'ой']) : inCases(word, ['', 'а', 'у', 'ем'])

const isPatronymicOf = (word: string) => /(?:ич|ыч|вна|чна)$/.test(word)
const given = heldOut.firstNames.filter((word) => !isPatronymicOf(word))
const WOMEN = given.filter((word) => /[аяи]$/.test(word))
const MEN = given.filter((word) => !/[аяи]$/.test(word))

function person(random: Random): Person {
  const isWoman = random() < 0.5
  const name = one(isWoman ? WOMEN : MEN, random)
  const father = one(
    heldOut.firstNames.filter((word) => isPatronymicOf(word) && word.endsWith('а') === isWoman),
    random,
  )
  return {
    surname: surname(one(heldOut.surnames, random), isWoman),
    first: first(name),
    patronymic: patronymic(father),
    initials: [name[0] as string, father[0] as string],
  }
}

/** `{P.gen}` a person's surname, `.full`, `.init`; `{D}` a date, and so on; every brace is a planted value */
const TEMPLATES = `
Пациент {P.nom.full}, {D} г.р., поступил {D}.
Пациентка {P.nom.init} доставлена бригадой скорой помощи {DT}.
Пациенту {P.dat.init} выполнена КТ головного мозга.
Пациентке {P.dat} рекомендована консультация невролога.
{P.dat} {P.i2} повторить исследование {DW}.
{P.nom.full} направлена на дообследование, СНИЛС {SN}.
Больной {P.nom.full}, история болезни № {IB}.
Больная {P.nom.init}, полис ОМС {OMS}, паспорт {PASS}.
Врач {P.nom.init}
Врач: {P.nom.init2}
Врач-рентгенолог {P.nom.init}, тел. {TEL}.
Описание выполнил {P.nom.init}
Исследование описано врачом {P.ins.init} {D}.
Зав. отделением {P.nom.init2}, e-mail: {MAIL}
Лаборант {P.nom}.
Консультирован хирургом {P.ins.init}, рекомендовано наблюдение.
Со слов {P.gen.init}, травма получена {DW}.
По просьбе {P.gen} повторно выполнены снимки стопы.
При сравнении с исследованием от {D} у {P.gen.init} динамика положительная.
В сравнении с данными {P.gen.init2} от {D} очаг прежних размеров.
Проживает по адресу: {ADR}.
Адрес: {ADR}, телефон {TEL}.
Направлен поликлиникой, направление № {IB}, врач {P.nom.init}.
Ф.И.О.: {P.nom.full}
ФИО {P.nom.full}, дата рождения {D}.
Снимки переданы родственнику {P.dat.init}, тел. {TEL}.
Мать ребёнка {P.nom.full} от контраста отказалась.
Заключение: {P.nom.full} в оперативном лечении не нуждается.
Контроль через месяц, записать {P.gen.init}.
Результаты отправлены на {MAIL}.
{P.nom.init} осмотрена {D}, жалоб нет.
{P.nom.init} выписан {DW}.
Диск выдан {P.dat.full} {D}.
Согласовано с {P.ins.init}.
Ранее наблюдался у {P.gen.init2} в другом отделении.
У {P.gen.full} аллергия на йод не отмечена.
Подготовил {P.nom}, проверил {P.nom.init}.
Амб. карта № {IB}, {P.nom.full}.
СНИЛС {SN}, полис {OMS}.
Тел. для связи {TEL}, спросить {P.gen}.
Исследование от {D} выполнено {P.dat.init} в плановом порядке.
ПАЦИЕНТ: {P.nom.caps} {D}
{P.nom.caps} {D} КТ ОРГАНОВ ГРУДНОЙ КЛЕТКИ
Получено согласие {P.gen.full} от {DT}.
Пациентка {P.nom.full}, паспорт серия {PASS}, выдан {D}.
С описанием ознакомлен {P.nom.init}.
`
const FINDINGS = `
На серии томограмм головного мозга очаговых изменений не выявлено.
Срединные структуры не смещены, желудочки не расширены.
Данных за ОНМК нет, рекомендован контроль через 24 часа.
Болезнь Паркинсона в анамнезе, болезнь Альцгеймера не исключена.
Виллизиев круг разомкнут, вариант развития.
Толщина среза 1,25 мм, шаг 0,6 мм, напряжение 120 кВ.
Грыжа Шморля в теле L3, высота дисков сохранена.
Симптом Бабинского отрицательный, проба Ромберга положительная.
Перелом Коллеса справа, состояние после репозиции.
Субарахноидальное пространство не расширено, кисты не определяются.
Очагов деструкции не выявлено, костно-травматических изменений нет.
Гиподенсный участок в левой височной доле размерами 12 х 8 мм.
Правосторонняя нижнедолевая пневмония, плевральный выпот до 5 мм.
Печень увеличена, контуры ровные, плотность 48 HU.
Конкременты в желчном пузыре до 7 мм, холедох не расширен.
Почки обычной формы, чашечно-лоханочная система не расширена.
Лимфоузлы средостения не увеличены, трахея проходима.
Перелом пятого ребра слева без смещения отломков.
Синдром Бадда-Киари не подтверждён, воротная вена проходима.
Проведено внутривенное контрастирование препаратом Омнипак 350, 100 мл.
Эндопротез тазобедренного сустава стабилен, признаков расшатывания нет.
Атеросклероз аорты, кальцинаты в стенках коронарных артерий.
Дегенеративные изменения шейного отдела, протрузии дисков C4-C6.
Межпозвонковый диск L5-S1 снижен по высоте, остеофиты.
Щитовидная железа не увеличена, узлов нет.
Зона Захарьина не проверялась, по шкале Глазго 15 баллов.
Гемоглобин 118 г/л, креатинин 96 мкмоль/л, СОЭ 15 мм/ч.
Придаточные пазухи носа пневматизированы, перегородка искривлена влево.
Селезёнка 11 х 5 см, структура однородная.
Аневризма передней соединительной артерии 4 мм, шейка 2 мм.
Состояние после резекции правой доли, рецидива не выявлено.
Надпочечники не изменены, поджелудочная железа с жировой инфильтрацией.
Кровь в задних рогах боковых желудочков с уровнем.
Вещество мозга без очаговых изменений, борозды не сглажены.
Матка в антефлексии, эндометрий 6 мм, яичники без особенностей.
Коленный сустав: разрыв заднего рога медиального мениска, киста Бейкера.
Доза облучения 2,4 мЗв, лучевая нагрузка в пределах нормы.
Сильвиева щель симметрична, Роландова борозда не смещена.
Камеры сердца не расширены, перикард не утолщён.
Рекомендовано: МРТ с контрастированием в плановом порядке.
Повторить исследование при нарастании симптоматики.
Описание: лёгкие расправлены, очаговых теней нет.
Заключение: КТ-признаки ХОБЛ, центрилобулярная эмфизема.
Сравнить с предыдущими снимками не представляется возможным.
Отёк мягких тканей, подкожная гематома лобной области справа.
Катетер Фолея в мочевом пузыре, газ в просвете.
Лёгкие без свежих очаговых и инфильтративных изменений.
Остальные органы без особенностей.
Метастатического поражения печени не определяется.
Единичные кисты почек, категория Босняк I.
`
const lines = (text: string) => text.trim().split('\n')
const MONTHS = 'января февраля марта апреля мая июня июля августа сентября октября ноября декабря'.split(' ')
const STREETS = 'Литейная Полевая Боткинская Лиговская Кирочная Заставская Моховая Фурштатская'.split(' ')

function snils(random: Random): string {
  const number = String(100000000 + Math.floor(random() * 899999999))
  const sum = [...number].reduce((total, digit, at) => total + Number(digit) * (9 - at), 0)
  const check = String(sum < 100 ? sum : sum % 101 === 100 ? 0 : sum % 101).padStart(2, '0')
  return `${number.slice(0, 3)}-${number.slice(3, 6)}-${number.slice(6)} ${check}`
}

function value(what: string, who: Person, random: Random): readonly [text: string, kind: string] {
  const day = 1 + Math.floor(random() * 28)
  const month = 1 + Math.floor(random() * 12)
  const year = 1940 + Math.floor(random() * 84)
  const two = (number: number) => String(number).padStart(2, '0')
  const [start, which = 'nom', form] = what.split('.') as [string, Case | undefined, string | undefined]
  const [i, o] = who.initials
  switch (start) {
    case 'D':
      return [`${two(day)}.${two(month)}.${year}`, 'date']
    case 'DT':
      return [
        one(
          [
            `${two(day)}/${two(month)}/${year}`,
            `${year}-${two(month)}-${two(day)}`,
            `${day} ${MONTHS[month - 1]} ${year} года`,
          ],
          random,
        ),
        'date',
      ]
    case 'DW':
      return [`${day} ${MONTHS[month - 1]} ${year} г`, 'date']
    case 'SN':
      return [snils(random), 'snils']
    case 'OMS':
      return [digits(16, random), 'policy']
    case 'PASS':
      return [
        one(
          [
            `${digits(4, random)} ${digits(6, random)}`,
            `${digits(2, random)} ${digits(2, random)} № ${digits(6, random)}`,
          ],
          random,
        ),
        'passport',
      ]
    case 'TEL':
      return [
        one(
          [
            `+7 (921) ${digits(3, random)}-${digits(2, random)}-${digits(2, random)}`,
            `8-911-${digits(3, random)}-${digits(2, random)}-${digits(2, random)}`,
            `8 812 ${digits(3, random)} ${digits(2, random)} ${digits(2, random)}`,
            `${digits(3, random)}-${digits(2, random)}-${digits(2, random)}`,
          ],
          random,
        ),
        'phone',
      ]
    case 'IB':
      return [
        one(
          [`${digits(2, random)}/${digits(6, random)}`, digits(6, random), `${digits(4, random)}-${digits(3, random)}`],
          random,
        ),
        'number',
      ]
    case 'MAIL':
      return [`${one(['ivk', 'lab7', 'n.doc'], random)}${digits(2, random)}@hospital.ru`, 'mail']
    case 'ADR':
      return [
        one(
          [
            `г. Гатчина, ул. ${one(STREETS, random)}, д. ${1 + Math.floor(random() * 90)}, кв. ${1 + Math.floor(random() * 200)}`,
            `${digits(5, random).replace(/^./, '1')}1, Санкт-Петербург, ${one(STREETS, random)} ул., д. ${1 + Math.floor(random() * 90)}`,
            `Ленинградская обл., пос. Тельмана, ул. ${one(STREETS, random)}, дом ${1 + Math.floor(random() * 9)}`,
          ],
          random,
        ),
        'address',
      ]
    default: {
      if (which === ('i2' as Case)) return [`${i}.${o}.`, 'initials']
      const last = who.surname[which]
      if (form === 'full') return [`${last} ${who.first[which]} ${who.patronymic[which]}`, 'name']
      if (form === 'init') return [one([`${last} ${i}.${o}.`, `${last} ${i}. ${o}.`], random), 'name']
      if (form === 'init2') return [one([`${i}.${o}. ${last}`, `${i}. ${o}. ${last}`], random), 'name']
      return form === 'caps' ? [`${last} ${i}.${o}.`.toUpperCase(), 'name'] : [last, 'name']
    }
  }
}

/** @returns `count` reports, each of one to three sentences; the same for the same seed */
export function russianReports(count: number, seed = 1): readonly Report[] {
  const random = randomOf(seed)
  const templates = lines(TEMPLATES)
  const findings = lines(FINDINGS)
  return Array.from({ length: count }, (_, at) => {
    const patient = person(random)
    const sentences = [templates[at % templates.length] as string]
    if (random() < 0.7) sentences.unshift(one(findings, random))
    if (random() < 0.7) sentences.push(one(findings, random))
    let text = ''
    const planted: Planted[] = []
    for (const piece of sentences.join(random() < 0.5 ? ' ' : '\n').split(/(?=\{)|(?<=\})/)) {
      const what = /^\{(.+)\}$/.exec(piece)?.[1]
      if (what === undefined) text += piece
      else {
        const [written, kind] = value(what, patient, random)
        planted.push({ start: text.length, end: text.length + written.length, kind })
        text += written
      }
    }
    return {
      text,
      planted,
      patient: {
        names: [`${patient.surname.nom}^${patient.first.nom}^${patient.patronymic.nom}`],
        identifiers: [],
      },
    }
  })
}

export interface Score {
  readonly planted: number
  readonly found: number
  readonly replaced: number
  readonly rightly: number
  readonly recall: number
  readonly precision: number
  /** planted values that were left, whole or in part (letters and digits), by kind; at most a hundred */
  readonly left: readonly string[]
  /** what was taken out although nobody was named there; at most a hundred */
  readonly wrongly: readonly string[]
}

/** Counts, over reports, what was found of what was planted, and what was taken out besides. */
export function scored(
  reports: readonly Report[],
  find: (report: Report) => readonly { readonly start: number; readonly end: number }[],
): Score {
  let [planted, found, replaced, rightly] = [0, 0, 0, 0]
  const left: string[] = []
  const wrongly: string[] = []
  for (const report of reports) {
    const spans = find(report)
    const covered = (at: number) => spans.some(({ start, end }) => at >= start && at < end)
    for (const { start, end, kind } of report.planted) {
      planted++
      const places = Array.from({ length: end - start }, (_, at) => start + at)
      if (places.every((at) => covered(at) || !/[\p{L}\d]/u.test(report.text[at] as string))) found++
      else if (left.length < 100) left.push(`${kind}: ${report.text.slice(start, end)} | ${report.text}`)
    }
    for (const { start, end } of spans) {
      replaced++
      if (report.planted.some((one) => one.start < end && start < one.end)) rightly++
      else if (wrongly.length < 100) wrongly.push(`${report.text.slice(start, end)} | ${report.text}`)
    }
  }
  return { planted, found, replaced, rightly, recall: found / planted, precision: rightly / replaced, left, wrongly }
}
