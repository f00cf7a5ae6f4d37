/** What hostile or broken documents are held to: one table, printed in docs/limits.md. */
export const XML_LIMITS = {
  xmlBytes: {
    value: 64 * 1024 * 1024,
    unit: 'bytes',
    of: 'one XML document',
    why: 'real ones have at most a few MiB; the whole is in memory while it is read',
  },
  xmlDepth: { value: 200, unit: 'levels', of: 'elements within one another', why: 'real documents have about 30' },
} as const
