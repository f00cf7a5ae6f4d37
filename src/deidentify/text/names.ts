/** Names of people in a Russian text: by this patient's own, by patronymic, by initials, by a word that announces one, by form. */
import { isWord } from './dictionary.ts'
import type { KnownValues } from './known-values.ts'
import type { Word } from './letters.ts'
import { isEponym, leadsToEponym } from './medical-words.ts'
import { isFirstName, isPatronymic, looksLikeSurname, mayBeSurname } from './name-forms.ts'
import type { Span } from './spans.ts'

/** a name is expected behind these */
const CUES = new Set(
  `пациент пациента пациенту пациентом пациентка пациентки пациентке пациентку пациенткой пац больной больного больному больным больная
  больную врач врача врачу врачом вр доктор доктора доктору доктором хирург хирурга хирургом хирургу невролог невролога неврологом неврологу
  терапевт терапевта терапевтом терапевту кардиолог кардиолога кардиологом рентгенолог рентгенолога рентгенологом рентгенологу онколог
  онколога онкологом лаборант лаборанта лаборантом рентгенлаборант медсестра медсестры медсестрой заведующий заведующая заведующего
  заведующей зав профессор профессора профессором проф доцент доц академик ординатор ассистент фельдшер направил направила направлен описал
  описала выполнил выполнила провел провела консультировал консультировала подготовил подготовила записать спросить вызвать подписал подписала проверил проверила утвердил исполнитель исп
  фио гражданин гражданка гр гражданину гражданки ребенок ребенка мать отец муж жена сын дочь родственник родственница сестра брат опекун мама папа
  просьбе словам имя подпись фамилия отчество оператор operator patient dr doctor pt просил просила согласована согласовано`.split(
    /\s+/,
  ),
)
const PARTICLES = new Set(['оглы', 'кызы', 'углы', 'гызы'])
/** abbreviations that stand behind a name as two initials would */
const INITIALS = /(?<!\p{L})(\p{Lu})\.\s?(?:(\p{Lu})\.?)?(?!\p{L})|(?<!\p{L})(\p{Lu}\p{Lu})(?=\.|\s|,|\)|$)/gu
const ABBREVIATED = new Set(
  'кт мр уз рф ст см фв лж пж пп лп ад пэ хс св гб оп тт мм ра ти ои тэ дз ми фк аг эм рг дн ен ко'.split(' '),
)

/** How likely a word is a name by itself. */
type Likeness = 'known' | 'name' | 'form' | 'stranger' | 'word' | 'term'

export interface Names {
  readonly spans: readonly Span[]
  /** words with a capital that nobody knows and that do not look like names */
  readonly strangers: readonly Span[]
}

export function namesIn(text: string, words: readonly Word[], known: KnownValues | undefined): Names {
  const inCapitals = isInCapitals(words)
  const likeness = words.map((word, at) => likenessOf(word, words[at - 1], known, inCapitals))
  const isName = words.map((_, at) => likeness[at] === 'known')
  const adjacent = (at: number, to: number) => {
    const [left, right] = at < to ? [words[at], words[to]] : [words[to], words[at]]
    return (
      left !== undefined && right !== undefined && /^[ \t^]{1,2}$|^-$|^,? $/.test(text.slice(left.end, right.start))
    )
  }
  const could = (at: number) =>
    words[at] !== undefined &&
    words[at].shape !== 'small' &&
    words[at].shape !== 'letter' &&
    STRENGTH[likeness[at] as Likeness] >= 2

  for (const [at, word] of words.entries()) {
    if (word.shape === 'small' && !inCapitals) continue
    if (isPatronymic(word.folded) && (likeness[at] !== 'word' || could(at - 1))) {
      isName[at] = true
      // given name and surname before it, a surname behind it
      if (
        adjacent(at - 1, at) &&
        isCapital(words[at - 1]) &&
        words[at - 1]?.isCyrillic &&
        likeness[at - 1] !== 'term'
      ) {
        isName[at - 1] = true
        if (adjacent(at - 2, at - 1) && could(at - 2)) isName[at - 2] = true
        if (adjacent(at - 2, at - 1) && isSurnameBesideName(words[at - 2])) isName[at - 2] = true
      }
      if (adjacent(at, at + 1) && (could(at + 1) || isSurnameBesideName(words[at + 1]))) isName[at + 1] = true
    } else if (likeness[at] === 'name' || (likeness[at] === 'form' && !word.startsSentence)) isName[at] = true
    else if (likeness[at] === 'form' && (!isWord(word.folded) || could(at + 1))) isName[at] = true
    if (PARTICLES.has(words[at + 1]?.folded ?? '')) isName[at] = isName[at + 1] = true
  }
  markByCues(text, words, likeness, isName)
  const initials = markByInitials(text, words, likeness, isName)
  // the rest of a name: what touches one and is no word
  for (let pass = 0; pass < 2; pass++)
    for (const at of words.keys())
      if (
        !isName[at] &&
        could(at) &&
        likeness[at] !== 'term' &&
        [at - 1, at + 1].some((other) => isName[other] && adjacent(other, at))
      )
        isName[at] = true
  const span = ({ start, end }: Word): Span => ({ start, end, kind: 'name' })
  return {
    spans: [...words.filter((_, at) => isName[at]).map(span), ...initials],
    strangers: words.filter((word, at) => !isName[at] && likeness[at] === 'stranger' && word.isCyrillic).map(span),
  }
}

const STRENGTH: Readonly<Record<Likeness, number>> = { known: 4, name: 3, form: 3, stranger: 2, word: 1, term: 0 }
const isCapital = (word: Word | undefined) => word !== undefined && word.shape !== 'small' && word.shape !== 'letter'
const isBySurname = (word: Word | undefined) => isCapital(word) && looksLikeSurname(word?.folded ?? '')
/** beside a given name even a word of the language is a surname: Бережной, Воробей */
const isSurnameBesideName = (word: Word | undefined) =>
  word !== undefined &&
  isCapital(word) &&
  !CUES.has(word.folded) &&
  (!word.startsSentence || isBySurname(word) || ADJECTIVE.test(word.folded))
const ADJECTIVE = /(?:[оыи]й|ая|яя|[оеы]го|ому|[ыи]м|ую|[ыи]х)$/
const isInCapitals = (words: readonly Word[]) => {
  const long = words.filter(({ raw }) => raw.length >= 4)
  return long.length > 0 && long.every(({ shape }) => shape === 'capitals')
}

function likenessOf(
  word: Word,
  before: Word | undefined,
  known: KnownValues | undefined,
  inCapitals: boolean,
): Likeness {
  const { folded, shape, isCyrillic, startsSentence } = word
  const isTerm = isEponym(folded) && before !== undefined && leadsToEponym(before.folded)
  if (known?.isName(word) && !isTerm) return 'known'
  if (shape === 'small' || shape === 'letter') return 'word'
  if (!isCyrillic) return LATIN_SURNAME.test(folded) && folded.length >= 5 && !LATIN_WORDS.has(folded) ? 'form' : 'word'
  if (isEponym(folded)) return 'term'
  if (before && leadsToEponym(before.folded) && shape === 'capital') return 'term'
  const common = isWord(folded)
  if (shape === 'capitals' && !inCapitals && (folded.length < 4 || common)) return common ? 'word' : 'term'
  if (folded.length < 2 || (shape === 'capitals' && folded.length < 4)) return common ? 'word' : 'term'
  if (!common)
    return isFirstName(folded) ? 'name' : looksLikeSurname(folded) ? 'form' : isVoweless(folded) ? 'term' : 'stranger'
  if (isFirstName(folded) && !startsSentence && !inCapitals) return 'name'
  // a capital inside a sentence needs a reason, and a surname that is also a word has one
  if (!startsSentence && shape === 'capital' && mayBeSurname(folded)) return 'form'
  return 'word'
}

const isVoweless = (folded: string) => !/[аеиоуыэюя]/.test(folded)
/** -in alone ends too many words of other languages */
const LATIN_SURNAME =
  /^[a-z]{2,}(?:ov|ev|yev|iev|kin|shin|zhin|khin|ova|eva|yeva|kina|shina|zhina|khina|sky|skiy|skij|skaya|skaja|skaia|enko|chuk|yan|shvili|ovich|evich|ovna|evna)$/
const LATIN_WORDS = new Set('nova brev prev elev aliev nov dev casanova villanova pumpkin napkin'.split(' '))

function markByCues(text: string, words: readonly Word[], likeness: readonly Likeness[], isName: boolean[]): void {
  for (const [at, word] of words.entries()) {
    if (!CUES.has(word.folded)) continue
    for (let next = at + 1; next <= at + 4; next++) {
      const [before, found] = [words[next - 1], words[next]]
      if (!before || !found || !/^[ \t.:,№()/"«^-]{1,4}$/.test(text.slice(before.end, found.start))) break
      if (found.shape === 'letter') continue
      if (CUES.has(found.folded) && found.shape !== 'capital') continue
      if (!isCapital(found)) break
      const isLikely =
        STRENGTH[likeness[next] as Likeness] >= 2 ||
        looksLikeSurname(found.folded) ||
        isFirstName(found.folded) ||
        (found.shape === 'capital' && !found.startsSentence && likeness[next] === 'word')
      if (!isLikely && likeness[next] !== 'term') break
      if (likeness[next] === 'term' && found.shape === 'capitals') break
      if (/[.:]\s*$/.test(text.slice(before.end, found.start)) && next > at + 1 && !isName[next]) break
      isName[next] = true
    }
  }
}

/** Initials belong to the likelier of the words beside them; they are taken out with it. */
function markByInitials(
  text: string,
  words: readonly Word[],
  likeness: readonly Likeness[],
  isName: boolean[],
): readonly Span[] {
  const found: Span[] = []
  for (const match of text.matchAll(INITIALS)) {
    const start = match.index
    const end = start + match[0].length
    const right = words.findIndex((word) => word.start >= end)
    const left = words.findLastIndex((word) => word.end <= start)
    const touches = (at: number, gap: string) => at >= 0 && isCapital(words[at]) && /^[ \t]{0,2}$/.test(gap)
    const score = (at: number, gap: string): number => {
      const word = words[at]
      if (!word || !touches(at, gap)) return 0
      if (isName[at]) return 4
      const strength = STRENGTH[likeness[at] as Likeness]
      if (strength >= 2) return strength
      if (CUES.has(word.folded)) return 0
      if (likeness[at] === 'term') return word.shape === 'capital' ? 1.5 : 0
      if (looksLikeSurname(word.folded)) return 2
      return ADJECTIVE.test(word.folded) ? 1.8 : word.startsSentence ? 0 : 1.5
    }
    const after = right < 0 ? 0 : score(right, text.slice(end, words[right]?.start))
    const before = left < 0 ? 0 : score(left, text.slice(words[left]?.end, start))
    const [one, two, together] = [match[1], match[2], match[3]]
    const best = Math.max(after, before)
    // I., V. and X. number stages and segments
    if (/^[IVX]/.test(match[0]) && best < 4) continue
    // two letters without dots are an abbreviation unless a name stands right before them
    if (together ? before < 3 || ABBREVIATED.has(together.toLowerCase()) : best < (one && two ? 1.5 : 2)) continue
    const at = !together && after >= before ? right : left
    isName[at] = true
    found.push({ start, end, kind: 'name' })
  }
  return found
}
