/** Time as an argument: wall time for records, monotonic time for intervals. */
export interface Clock {
  /** milliseconds since the epoch */
  now(): number
  /** milliseconds, never going back */
  monotonic(): number
}

export const systemClock: Clock = { now: () => Date.now(), monotonic: () => performance.now() }
