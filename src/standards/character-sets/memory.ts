/** What a device was seen to write: a small prior that decides for texts too short to decide for themselves. */
import type { Encoding } from './encodings.ts'

/** How many pools were sure of each encoding. Plain data: the caller keeps it, by device. */
export type CharacterSetMemory = Readonly<Partial<Record<Encoding, number>>>

/** enough to tell a habit from a chance, and to forget an old habit when a device is set up anew */
const MOST = 200

export function remember(memory: CharacterSetMemory, encoding: Encoding): CharacterSetMemory {
  let total = 0
  for (const other in memory) total += memory[other as Encoding] ?? 0
  // a device that has written nothing else for so long is known
  if (total >= MOST / 2 && memory[encoding] === total) return memory
  const kept = total < MOST ? memory : scaled(memory, 0.5)
  return { ...kept, [encoding]: (kept[encoding] ?? 0) + 1 }
}

/** Joins what two processes learned of one device. */
export function mergeMemories(one: CharacterSetMemory, other: CharacterSetMemory): CharacterSetMemory {
  const encodings = new Set([...Object.keys(one), ...Object.keys(other)] as Encoding[])
  return Object.fromEntries([...encodings].map((encoding) => [encoding, (one[encoding] ?? 0) + (other[encoding] ?? 0)]))
}

const HABIT_TIMES = 3
const HABIT_SHARE = 0.9

/** @returns the encoding that a device nearly always writes */
export function habitOf(memory: CharacterSetMemory): Encoding | undefined {
  let [total, most] = [0, 0]
  let habit: Encoding | undefined
  for (const encoding in memory) {
    const times = memory[encoding as Encoding] ?? 0
    total += times
    if (times > most) [habit, most] = [encoding as Encoding, times]
  }
  return most >= HABIT_TIMES && most >= HABIT_SHARE * total ? habit : undefined
}

const scaled = (memory: CharacterSetMemory, by: number): CharacterSetMemory =>
  Object.fromEntries(Object.entries(memory).map(([encoding, times]) => [encoding, Math.round(times * by)]))
