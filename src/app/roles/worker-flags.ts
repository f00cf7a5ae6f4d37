/** How the runtime of a worker is set: what passes the gate lives for a moment, and room for it spares a tenth of the time. */
export const WORKER_FLAGS = ['--max-semi-space-size=64'] as const
