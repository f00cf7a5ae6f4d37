/**
 * Remembers answers that cost more than looking them up, in memory alone and no more than so many: two generations, the older
 * of which is forgotten as a whole. What is asked again and again stays.
 */
export class Recent<Value> {
  readonly #most: number
  #young = new Map<string, Value>()
  #old: ReadonlyMap<string, Value> = new Map()

  /** @param most answers of one generation; twice as many are kept at most */
  constructor(most: number) {
    this.#most = most
  }

  /** @returns what was answered, or what `answer` says now; undefined is asked again */
  of(key: string, answer: (key: string) => Value): Value {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const value = this.#old.get(key) ?? answer(key)
    if (this.#young.size >= this.#most) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(detached(key), value)
    return value
  }
}

/** a piece of a longer text keeps all of it in memory: here it is a text of its own */
const detached = (key: string): string => (key.length < PIECE_LENGTH ? key : ` ${key}`.slice(1))
/** what is shorter is copied by the runtime */
const PIECE_LENGTH = 13
