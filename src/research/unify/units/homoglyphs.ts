/** Letters that look the same in Latin and Cyrillic. The federal catalogue itself has `ME/мл` with Latin letters. */
const LATIN = 'ABCEHKMOPTXaceopxykm'
const CYRILLIC = 'АВСЕНКМОРТХасеорхукм'

const toCyrillic = new Map([...LATIN].map((letter, at) => [letter, CYRILLIC[at] ?? letter]))
const toLatin = new Map([...CYRILLIC].map((letter, at) => [letter, LATIN[at] ?? letter]))

/** every Latin look-alike as its Cyrillic twin */
export const asCyrillic = (text: string): string => [...text].map((letter) => toCyrillic.get(letter) ?? letter).join('')

/** every Cyrillic look-alike as its Latin twin */
export const asLatin = (text: string): string => [...text].map((letter) => toLatin.get(letter) ?? letter).join('')
