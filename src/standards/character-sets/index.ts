/** Character sets as Russian devices really use them: encodings, a detector by letter pairs, repair of misread text. */
export { decode, encode, utf8Shape, type Encoding } from './encodings.ts'
export { decideTexts, type Declared, type PoolDecision, type PooledText, type TextDecision } from './decide.ts'
export { repairMojibake, type Repair } from './mojibake.ts'
export { habitOf, mergeMemories, remember, type CharacterSetMemory } from './memory.ts'
