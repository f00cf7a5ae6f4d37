/** Words as a camera sees them: letters that look alike are one letter, and a word misread in places is still that word. */
const LOOK_ALIKE: ReadonlyMap<string, string> = new Map(
  // Cyrillic and digits that a reader takes for Latin letters, and the other way round
  [...'АВЕКМНОРСТУХЗІЈ03615|!ИПЙЁЦЬЫ'].map((letter, at) => [
    letter,
    [...'ABEKMHOPCTYX3IJO36ISIINNNEUBB'][at] as string,
  ]),
)

/** @returns capitals without anything but letters and digits, look-alikes folded into one */
export const folded = (text: string): string =>
  [...text.normalize('NFKC').toUpperCase()]
    .filter((letter) => /[\p{L}\p{N}]/u.test(letter))
    .map((letter) => LOOK_ALIKE.get(letter) ?? letter)
    .join('')

/** digits alone, with the letters that are read in their place */
export const digits = (text: string): string =>
  text
    .toUpperCase()
    .replace(/[OОQ]/g, '0')
    .replace(/[IL|]/g, '1')
    .replace(/[SЅ]/g, '5')
    .replace(/[ЗZ]/g, '3')
    .replace(/[БG]/g, '6')
    .replace(/[BВ]/g, '8')
    .replace(/\D/g, '')

const TRANSLITERATED: Readonly<Record<string, string>> = Object.fromEntries(
  'А:A Б:B В:V Г:G Д:D Е:E Ё:E Ж:ZH З:Z И:I Й:Y К:K Л:L М:M Н:N О:O П:P Р:R С:S Т:T У:U Ф:F Х:KH Ц:TS Ч:CH Ш:SH Щ:SHCH Ъ: Ы:Y Ь: Э:E Ю:YU Я:YA'
    .split(' ')
    .map((pair) => pair.split(':')),
)

/** one Latin spelling of a Cyrillic word; others are a few edits away */
export const transliterated = (word: string): string =>
  [...word.toUpperCase()].map((letter) => TRANSLITERATED[letter] ?? letter).join('')

/** @returns whether `read` is `word` but for a letter in four, or holds it */
export function resembles(read: string, word: string): boolean {
  if (read.length < word.length - 1) return false
  const allowed = Math.floor(word.length / 4)
  return allowed === 0 ? read.includes(word) : distanceInside(word, read) <= allowed
}

/** edits from `word` to the nearest part of `text` (Sellers) */
function distanceInside(word: string, text: string): number {
  let column = Array.from({ length: word.length + 1 }, (_, at) => at)
  let best = word.length
  for (const letter of text) {
    const next = [0]
    for (let at = 1; at <= word.length; at++) {
      const same = word[at - 1] === letter ? 0 : 1
      next[at] = Math.min((column[at - 1] as number) + same, (column[at] as number) + 1, (next[at - 1] as number) + 1)
    }
    column = next
    best = Math.min(best, column[word.length] as number)
  }
  return best
}
