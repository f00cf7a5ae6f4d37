/** What a specimen is, as far as concepts tell apart: blood and what is made of it, urine, something else. */
const WORDS: readonly (readonly ['blood' | 'urine' | 'other', RegExp])[] = [
  ['urine', /^(ur|urn|uc|urine.*|моч.*|rur)$/],
  // HL7 tables 0070 and 0487, and what laboratories write
  [
    'blood',
    /^(bld.*|blood.*|ser.*|plas.*|plz|ppp|wb|cbld|bldv|blda|bldc|кров.*|сыворотк.*|плазм.*|венозн.*|капилл.*|артер.*)$/,
  ],
  [
    'other',
    /^(csf|ликвор.*|сп[ие]нномозг.*|stl|stool|кал|фекал.*|spt|sputum|мокрот.*|saliva|слюн.*|hair|волос.*|snv|sin|синов.*|плевр.*|плодн|asp|асцит.*|спермa?|эякул.*)$/,
  ],
]

/** @param text HL7 table 0070 or 0487, or words; unknown where it says nothing that we know */
export function specimenKind(text: string): 'blood' | 'urine' | 'other' | 'unknown' {
  const plain = text.trim().toLowerCase()
  return WORDS.find(([, pattern]) => pattern.test(plain))?.[0] ?? 'unknown'
}
