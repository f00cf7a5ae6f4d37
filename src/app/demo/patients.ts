/** People who never were, and the examinations they came for. The names are made from lists, the rest by counting. */
import { createHash } from 'node:crypto'
import type { Haematoma, Phantom } from './phantom.ts'

export interface Examination {
  readonly number: number
  readonly patientName: string
  readonly patientID: string
  readonly birthDate: string
  readonly sex: 'M' | 'F'
  readonly ageYears: number
  readonly studyDate: string
  readonly studyTime: string
  readonly accessionNumber: string
  readonly referringPhysician: string
  readonly bodyPart: 'HEAD' | 'ABDOMEN'
  readonly haematoma: Haematoma
  readonly phantom: Phantom
  /** the second CT writes CP1251 and declares ISO_IR 100, as many do */
  readonly device: 'CT01' | 'CT02'
  uid(kind: string): string
}

const SURNAMES = ['Иванов', 'Смирнова', 'Кузнецов', 'Соколова', 'Щукин', 'Ёлкина', 'Журавлёв', 'Цветкова']
const GIVEN_M = ['Пётр^Алексеевич', 'Фёдор^Ильич', 'Юрий^Эдуардович', 'Глеб^Яковлевич']
const GIVEN_F = ['Мария^Сергеевна', 'Любовь^Юрьевна', 'Анна^Михайловна', 'Софья^Игоревна']
const KINDS: readonly Haematoma[] = ['none', 'epidural', 'subdural', 'intracerebral']

/** @param number from 0; the same number is the same examination, so sending it again changes nothing */
export function examination(number: number): Examination {
  const female = number % 2 === 1
  const given = (female ? GIVEN_F : GIVEN_M)[(number >> 1) % 4] ?? ''
  const haematoma = KINDS[number % 4] ?? 'none'
  const abdomen = number % 6 === 5
  const ageYears = 34 + ((number * 13) % 51)
  return {
    number,
    patientName: `${SURNAMES[number % SURNAMES.length]}^${given}`,
    patientID: `А${String(204_117 + number * 37)}`,
    birthDate: `${2026 - ageYears}${two(1 + (number % 9))}${two(3 + (number % 20))}`,
    sex: female ? 'F' : 'M',
    ageYears,
    studyDate: `202609${two(1 + (number % 28))}`,
    studyTime: `${two(8 + (number % 10))}${two((number * 17) % 60)}00`,
    accessionNumber: `КТ-${7_301 + number}`,
    referringPhysician: 'Орлова^Вера^Павловна',
    bodyPart: abdomen ? 'ABDOMEN' : 'HEAD',
    haematoma,
    phantom: { haematoma, side: number % 8 < 4 ? 1 : -1, scale: 0.94 + 0.02 * (number % 5), seed: number + 1 },
    device: number % 3 === 2 ? 'CT02' : 'CT01',
    uid: (kind) =>
      `2.25.${BigInt(`0x${createHash('sha256').update(`sluice demo ${number} ${kind}`).digest('hex').slice(0, 32)}`)}`,
  }
}

const two = (n: number) => String(n).padStart(2, '0')
