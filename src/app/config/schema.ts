/** Every setting, typed, defaulted and documented here; sluice.schema.json is made from it. */
import { z } from 'zod'
import type { ProfileSource } from '../../deidentify/index.ts'
import { profileSchema } from './profile-schema.ts'

const ADDRESS = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):(\d{1,5})$/
const address = (what: string, fallback?: string) => {
  const schema = z.string().regex(ADDRESS, 'must be host:port').describe(what)
  return fallback === undefined ? schema : schema.default(fallback)
}
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be small letters, digits and dashes, at most 40')

/** a page: where it listens, and what else it is called */
const page = (what: string, listen: string) =>
  z
    .strictObject({
      listen: address(what, listen),
      names: z
        .array(z.string().regex(/^[a-z0-9.-]+$/, 'must be a host name in small letters'))
        .default([])
        .describe(
          'host names under which it is reached through something in front (a TLS terminator that sends X-Forwarded-Proto), besides addresses and this machine’s own name',
        ),
    })
    .default({ listen, names: [] })

export const linkSchema = z
  .strictObject({
    name: name.describe('what this link is called on the operator’s page'),
    protocol: z
      .enum(['dicom', 'mllp', 'astm'])
      .default('dicom')
      .describe('what the peers speak: DICOM, HL7 v2 over MLLP, or ASTM E1381'),
    listen: address('where the devices connect'),
    upstream: address('the archive or laboratory system that they mean'),
    localAddress: z
      .union([z.ipv4(), z.ipv6()])
      .optional()
      .describe(
        'which of this machine’s addresses the archive sees; one for each device, where the archive admits devices by address',
      ),
    connectTimeoutMs: z
      .int()
      .min(100)
      .max(60_000)
      .default(2000)
      .describe('how long the archive may take to accept a connection'),
  })
  .describe('a port of ours and the system behind it')

export const projectSchema = z
  .strictObject({
    name,
    title: z.string().min(1).max(200).describe('what researchers read'),
    profile: z
      .union([
        z.literal('basic'),
        z.string().regex(/\.ya?ml$/, 'must be basic, a .yaml file, or a profile'),
        profileSchema,
      ])
      .default('basic')
      .describe(
        'basic (PS3.15 Basic Profile, with the two settings below), a profile, or its .yaml file beside this one',
      ),
    dates: z
      .enum(['removed', 'shifted'])
      .optional()
      .describe('with profile basic: removed unless shifted, by a number of days that belongs to the person'),
    patientCharacteristics: z
      .boolean()
      .optional()
      .describe('with profile basic: keep sex, age, size and weight (PS3.15 Retain Patient Characteristics)'),
  })
  .describe('a research purpose with its own keys and pseudonyms')

export const ruleSchema = z
  .strictObject({
    name: z.string().min(1).max(200),
    project: z.string().describe('the project that gets what this rule selects'),
    when: z
      .string()
      .min(1)
      .max(4000)
      .describe(
        'a Common Expression Language expression over dicom.KEYWORD, hl7["PATH"], astm["PATH"] and association',
      ),
  })
  .describe('what research asked for')

export const configSchema = z.strictObject({
  version: z.literal(1).describe('of this file’s form'),
  home: z.string().default('./data').describe('where everything is kept, relative to this file'),
  web: page('the research page and DICOMweb', '127.0.0.1:8080'),
  operate: page('the operator’s page', '127.0.0.1:8081'),
  links: z.array(linkSchema).default([]),
  projects: z.array(projectSchema).default([]),
  rules: z.array(ruleSchema).default([]),
  relay: z
    .strictObject({
      processes: z.int().min(1).max(16).default(1).describe('relay processes that share the links’ sockets'),
    })
    .default({ processes: 1 }),
  spool: z
    .strictObject({
      segmentBytes: z.int().min(1_000_000).default(268_435_456),
      maxBytes: z.int().min(1_000_000).optional().describe('nothing more is captured while the spool holds more'),
    })
    .default({ segmentBytes: 268_435_456 }),
  catalogue: z
    .strictObject({
      url: z.string().describe('postgres://… of a database of yours; the embedded one is used without it'),
    })
    .optional(),
  vault: z
    .strictObject({
      url: z.string().optional().describe('postgres://… in the clinical network; the embedded one is used without it'),
      keyFile: z
        .string()
        .optional()
        .describe('the 32 bytes that wrap the vault’s keys, mode 0600; default home/clinical/keys/vault'),
      keyCommand: z
        .array(z.string().min(1))
        .min(1)
        .optional()
        .describe(
          'a key service’s program in place of the file: called with wrap or unwrap and the purpose, base64 on its standard input, base64 on its output',
        ),
    })
    .optional(),
  unification: z
    .strictObject({
      ranges: z.array(z.string()).default([]).describe('the laboratory’s own approved reference ranges, tab-separated'),
      mappings: z.array(z.string()).default([]).describe('what codes of devices mean, YAML'),
      fsli: z.string().optional().describe('the federal directory of laboratory tests, exported from NSI'),
      units: z.string().optional().describe('the federal directory of units, exported from NSI'),
    })
    .default({ ranges: [], mappings: [] })
    .describe('a site’s own tables for laboratory results, relative to this file (docs/unification.md)'),
  hospital: z
    .strictObject({
      issuers: z
        .array(z.string())
        .default([])
        .describe(
          'names under which this hospital’s own patient numbers are issued (DICOM Issuer of Patient ID, HL7 assigning authority): a number is one person under any of them',
        ),
      utcOffset: z
        .string()
        .regex(/^[+-]\d{2}:\d{2}$/, 'must be like +03:00')
        .default('+03:00')
        .describe('of times in messages that say none'),
    })
    .default({ issuers: [], utcOffset: '+03:00' })
    .describe('what devices and systems of this hospital leave unsaid'),
  drainTimeoutMs: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(30_000)
    .describe('how long running associations may finish when Sluice is told to end'),
  demo: z.boolean().default(false).describe('the demo hospital: two CTs and a PACS of our own making, on loopback'),
})

type Written = z.infer<typeof configSchema>
export type Project = Omit<Written['projects'][number], 'profile'> & {
  /** a file's contents stand here once it has been read */
  readonly profile: 'basic' | ProfileSource
}
export type Config = Omit<Written, 'projects'> & { readonly projects: readonly Project[] }
export type LinkConfig = z.infer<typeof linkSchema>

/** `host:port` of the schema as its two parts */
export function splitAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host = '', port = ''] = ADDRESS.exec(text) ?? []
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

export const jsonSchema = (): string =>
  `${JSON.stringify({ title: 'sluice.yaml', ...z.toJSONSchema(configSchema, { io: 'input' }) }, null, 2)}\n`
