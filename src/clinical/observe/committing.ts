/** Which associations still have captures that are becoming durable. */
import type { CaptureSink, CaptureStart, CaptureWriter } from './events.ts'

export class Committing implements CaptureSink {
  readonly #sink: CaptureSink
  readonly #onEnded: (associationId: string) => void
  /** commits that nobody knows the end of yet, by association */
  readonly #running = new Map<string, number>()
  readonly #ended = new Set<string>()

  /** @param onEnded an association ended, and none of its captures is on its way any more */
  constructor(sink: CaptureSink, onEnded: (associationId: string) => void) {
    this.#sink = sink
    this.#onEnded = onEnded
  }

  begin(start: CaptureStart): CaptureWriter | undefined {
    const writer = this.#sink.begin(start)
    return (
      writer && {
        write: (bytes) => writer.write(bytes),
        commit: (status) => this.#follow(start.associationId, writer.commit(status)),
        abandon: (reason) => writer.abandon(reason),
      }
    )
  }

  end(associationId: string): void {
    this.#ended.add(associationId)
    this.#look(associationId)
  }

  #follow<T>(id: string, commit: Promise<T>): Promise<T> {
    this.#running.set(id, (this.#running.get(id) ?? 0) + 1)
    const over = () => {
      const left = (this.#running.get(id) ?? 1) - 1
      if (left > 0) this.#running.set(id, left)
      else this.#running.delete(id)
      // whoever waits for the commit tells what became of it first
      setImmediate(() => this.#look(id))
    }
    commit.then(over, over)
    return commit
  }

  #look(id: string): void {
    if (!this.#running.has(id) && this.#ended.delete(id)) this.#onEnded(id)
  }
}
