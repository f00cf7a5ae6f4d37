/**
 * How the runtime of a worker is set: what passes the gate lives for a moment, and room for it spares a tenth of the time. Nor may the
 * runtime conclude from a company of messages that is under way that such things live long: they would then fill the memory of what does.
 */
export const WORKER_FLAGS = ['--max-semi-space-size=64', '--no-allocation-site-pretenuring'] as const
