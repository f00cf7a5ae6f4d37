/** What hostile or broken messages are held to: one table, printed in docs/limits.md. */
import { KIB, MIB, type Limit } from '../../base/index.ts'

export const MESSAGE_LIMITS = {
  frameBytes: {
    value: 64 * MIB,
    unit: 'bytes',
    of: 'one MLLP frame or ASTM message',
    why: 'embedded documents reach about 20 MiB; past it the frame passes and is counted, not kept',
  },
  segments: {
    value: 200_000,
    unit: 'segments',
    of: 'one message',
    why: 'real ones have at most a few thousand',
  },
  parts: {
    value: 2_000_000,
    unit: 'parts',
    of: 'a segment, a field or a repetition',
    why: 'a waveform has some ten thousand; each takes memory of its own',
  },
  batchMessages: { value: 100_000, unit: 'messages', of: 'one batch or file', why: 'a night of a large laboratory' },
  controlIdBytes: {
    value: 1 * KIB,
    unit: 'bytes',
    of: 'MSH-10 as a key for pairing',
    why: 'the standard gives it 199; longer ones are paired by their hash',
  },
  openMessages: {
    value: 2048,
    unit: 'messages',
    of: 'waiting for an acknowledgement on one link',
    why: 'the oldest are then counted as not answered',
  },
  openBytes: {
    value: 128 * MIB,
    unit: 'bytes',
    of: 'waiting for an acknowledgement on one link',
    why: 'they are held in memory until the receiver has answered',
  },
  rememberedMessages: {
    value: 8192,
    unit: 'messages',
    of: 'remembered on one link, to tell what was sent again',
    why: 'an hour of a busy link',
  },
  astmFrameBytes: {
    value: 64 * KIB,
    unit: 'bytes',
    of: 'one ASTM E1381 frame',
    why: 'the standard gives it 247; analysers on TCP send whole messages in one',
  },
} as const satisfies Record<string, Limit>
