/** A first-in, first-out queue with a bound on its weight: what does not fit is refused, not waited for. */
export class BoundedQueue<T> {
  readonly #limit: number
  readonly #weigh: (item: T) => number
  #items: T[] = []
  #head = 0
  #weight = 0

  /** @param limit in the unit that `weigh` returns (bytes, items) */
  constructor(limit: number, weigh: (item: T) => number = () => 1) {
    this.#limit = limit
    this.#weigh = weigh
  }

  /** @returns false when the item does not fit; the queue is then as it was */
  offer(item: T): boolean {
    const weight = this.#weigh(item)
    if (this.#weight + weight > this.#limit) return false
    this.#items.push(item)
    this.#weight += weight
    return true
  }

  take(): T | undefined {
    if (this.#head === this.#items.length) return undefined
    const item = this.#items[this.#head] as T
    this.#head++
    this.#weight -= this.#weigh(item)
    if (this.#head > 1024 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }

  get length(): number {
    return this.#items.length - this.#head
  }

  get weight(): number {
    return this.#weight
  }
}
