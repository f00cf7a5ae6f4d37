/** A laboratory's day, made by counting: people of their own names and numbers, each with several messages of analysers. */
import { examination, laboratoryMessages } from '../src/app/demo/index.ts'

const STEMS = 'Абр Бел Вер Горш Дем Ерм Жар Зим Кал Лап Мал Нест Оган Пах Род Сав Тар Ус Филь Храм Чуп Шар'.split(' ')
const MIDDLES = ' ар ен ил ол ун яр еч иж ош ур як'.split(' ')
const ENDS = 'амов иков ушкин ильев онов етов ашин уров ынин ёхин'.split(' ')
const GIVEN = ['Пётр^Алексеевич', 'Мария^Сергеевна', 'Глеб^Яковлевич', 'Любовь^Юрьевна', 'Юрий^Ильич', 'Анна^Львовна']

/**
 * @param people each with a name and a number of nobody else's
 * @param first which person of all there are is the day's first: another day has other people
 * @param each messages a person: of a haematology and a chemistry analyser and of one that knows tubes alone, in turn
 * @returns every message with an MSH-10 and values of its own, in the order in which a laboratory sends: people in turn
 */
export function laboratoryDay(people: number, each: number, first = 0): readonly Buffer[] {
  const messages: Buffer[] = []
  for (let turn = 0; turn * 3 < each; turn++)
    for (let person = first; person < first + people; person++) {
      const [stem, rest] = [STEMS[person % STEMS.length], Math.floor(person / STEMS.length)]
      const name = `${stem}${MIDDLES[Math.floor(rest / ENDS.length) % MIDDLES.length]}${ENDS[rest % ENDS.length]}`
      const made = laboratoryMessages(0, {
        ...examination(person % 12),
        number: person * 100 + turn,
        patientName: `${name}^${GIVEN[person % GIVEN.length]}`,
        patientID: `А${204_117 + person * 37}`,
        accessionNumber: `ЛБ-${70_301 + person * 10 + turn}`,
        studyTime: `${String(8 + (turn % 10)).padStart(2, '0')}${String(person % 60).padStart(2, '0')}00`,
      })
      messages.push(...made.hl7.slice(0, each - turn * 3))
    }
  return messages
}
