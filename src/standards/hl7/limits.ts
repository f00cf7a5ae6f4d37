/** Every bound on messages, in one table; docs/limits.md is made from it. */
export const MESSAGE_LIMITS = {
  messageBytes: { value: 64 * 1024 * 1024, unit: 'bytes', what: 'one message, of HL7 or ASTM' },
  segments: { value: 1_000_000, unit: 'segments', what: 'segments of a message' },
  heldJunkBytes: { value: 64 * 1024, unit: 'bytes', what: 'bytes outside of frames that are told as one piece' },
  openAcknowledgements: {
    value: 4096,
    unit: 'messages',
    what: 'messages of a connection that wait for their acknowledgement',
  },
} as const
