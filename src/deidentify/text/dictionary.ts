/**
 * Whether a word is a word of the language or of medicine, and so no name by itself: A. I. Lebedev's Russian dictionary (the
 * package `dictionary-ru`, without its proper names) by its own affix rules, and terms that it lacks. Loaded at the first question.
 */
import { readFileSync } from 'node:fs'
import { fold } from './letters.ts'
import { LABORATORY_TERMS } from './laboratory-terms.generated.ts'
import { isMedical } from './medical-words.ts'

interface Suffix {
  readonly flag: string
  readonly strip: string
  readonly condition: RegExp
}
interface Rules {
  /** a stem → its flags */
  readonly stems: ReadonlyMap<string, string>
  /** an ending → the rules that put it there */
  readonly endings: ReadonlyMap<string, readonly Suffix[]>
  readonly longest: number
}

let rules: Rules | undefined
const asked = new Map<string, boolean>()
const ASKED_KEPT = 50_000

/** @param folded as `fold` gives it */
export function isWord(folded: string): boolean {
  const known = asked.get(folded)
  if (known !== undefined) return known
  if (asked.size >= ASKED_KEPT) asked.clear()
  const found = isMedical(folded) || isLaboratoryTerm(folded) || isGeneralWord(folded)
  asked.set(folded, found)
  return found
}

let terms: ReadonlySet<string> | undefined
const isLaboratoryTerm = (folded: string): boolean => (terms ??= new Set(LABORATORY_TERMS.split(/\s+/))).has(folded)

/** Whether the general dictionary has a word, in any of its forms. */
export function isGeneralWord(word: string): boolean {
  const { stems, endings, longest } = (rules ??= loaded())
  if (stems.has(word)) return true
  for (let length = 0; length <= Math.min(longest, word.length - 1); length++) {
    const end = word.length - length
    for (const { flag, strip, condition } of endings.get(word.slice(end)) ?? []) {
      const stem = word.slice(0, end) + strip
      if (stems.get(stem)?.includes(flag) && condition.test(stem)) return true
    }
  }
  return false
}

function loaded(): Rules {
  const at = import.meta.resolve('dictionary-ru')
  const lines = (file: string) => readFileSync(new URL(file, at), 'utf8').split('\n')
  const stems = new Map<string, string>()
  for (const line of lines('index.dic')) {
    const [word = '', flags = ''] = line.trim().split('/')
    // names of people and places say nothing against a name
    if (!word || /^\P{Ll}/u.test(word)) continue
    const folded = fold(word)
    stems.set(folded, (stems.get(folded) ?? '') + flags)
  }
  const endings = new Map<string, Suffix[]>()
  for (const line of lines('index.aff')) {
    const [kind, flag, strip, ending, condition] = line.trim().split(/\s+/)
    if (kind !== 'SFX' || !flag || !strip || ending === undefined || condition === undefined) continue
    const put = ending === '0' ? '' : fold(ending)
    const suffix = { flag, strip: strip === '0' ? '' : fold(strip), condition: new RegExp(`${fold(condition)}$`) }
    endings.set(put, [...(endings.get(put) ?? []), suffix])
  }
  return { stems, endings, longest: Math.max(...[...endings.keys()].map((ending) => ending.length)) }
}
