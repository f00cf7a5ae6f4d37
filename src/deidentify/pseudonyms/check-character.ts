/** A check character that finds every single wrong character and every swap of two neighbours (ISO 7064, MOD 37,36). */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const M = ALPHABET.length

/** @param text digits and capital letters; anything else is passed over */
export function checkCharacter(text: string): string {
  let product = M
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) continue
    const sum = (product + value) % M || M
    product = (sum * 2) % (M + 1)
  }
  return ALPHABET[(M + 1 - product) % M] as string
}

/** whether the last character is the one that the others ask for */
export const isChecked = (text: string): boolean => text.length > 1 && checkCharacter(text.slice(0, -1)) === text.at(-1)
