/**
 * Who may import whom (ARCHITECTURE.md). One row a module: the modules it may import, and the Node built-ins and
 * packages it may touch. A module that is not in the table may not exist; a new arrow is a new entry here, with its
 * reason in the commit.
 */
const TABLE = {
  // net: both ends of the tap read into memory that is used again (read-into.ts)
  // module: the logger is loaded by who has something to say
  // fs: one file of it, and that writes to sockets only (below)
  base: { may: [], touch: ['crypto', 'perf_hooks', 'async_hooks', 'pino', 'net', 'module', 'fs', 'os'] },
  'standards/dicom': { may: ['base'], touch: ['zlib', 'crypto', 'buffer'] },
  // encodings of text and what bytes really are in: DICOM and messages alike
  'standards/character-sets': { may: ['base'], touch: ['buffer'] },
  // texts of messages are decoded as those of images are
  'standards/hl7': { may: ['base', 'standards/character-sets'], touch: ['buffer', 'crypto'] },
  // ASTM records are divided by the same view as HL7 segments
  'standards/astm': { may: ['base', 'standards/hl7'], touch: ['buffer'] },
  // XML has no parser of its own in Node; saxes is strict, knows positions and resolves nothing from outside
  'standards/cda': { may: ['base'], touch: ['buffer', 'saxes'] },
  // one door for both pages: a hole in it is closed once
  pages: {
    may: ['base'],
    touch: ['crypto', 'fs', 'net', 'os', 'util', 'fastify', '@fastify/static'],
  },
  // an association over a socket: what init, doctor, the demo, retrieve and DIMSE serving share
  association: { may: ['base', 'standards/dicom'], touch: ['net', 'tls'] },
  'clinical/relay': { may: ['base'], touch: ['net', 'tls', 'crypto', 'worker_threads'] },
  // cda: HL7 v3 goes over MLLP too, and its acknowledgements name what they answer
  'clinical/observe': {
    may: ['base', 'standards/dicom', 'standards/hl7', 'standards/astm', 'standards/cda'],
    touch: ['net'],
  },
  'clinical/spool': { may: ['base', 'standards/dicom'], touch: ['fs', 'path', 'crypto', 'zlib'] },
  'clinical/select': { may: ['base', 'standards/dicom', 'standards/hl7', 'standards/astm'], touch: ['@bufbuild/cel'] },
  'clinical/operate': {
    may: ['base', 'standards/dicom', 'clinical/spool', 'pages'],
    touch: ['fs', 'path', 'crypto', 'fastify', 'zod'],
  },
  deidentify: {
    // instances are de-identified without loading what reads messages and documents
    entrances: ['messages'],
    // cda: clinical documents pass the same gate as messages and images
    may: ['base', 'standards/dicom', 'standards/hl7', 'standards/astm', 'standards/cda', 'standards/character-sets'],
    touch: [
      // pictures: decoders in a thread of their own, tesseract in a child
      'child_process',
      'worker_threads',
      'module',
      '@cornerstonejs',
      'fs',
      'path',
      'crypto',
      'util',
      'zlib',
      'stream',
      'kysely',
      'pg',
      'shamir-secret-sharing',
      'dictionary-ru',
    ],
  },
  'research/archive': {
    may: ['base', 'standards/dicom'],
    touch: ['fs', 'path', 'crypto', 'stream', 'zlib', 'kysely', 'pg'],
  },
  // pure: what goes in is read elsewhere, what comes out is stored elsewhere
  'research/unify': { may: ['base', 'standards/hl7', 'standards/astm', 'standards/cda'], touch: [] },
  // pure mapping of unified records to FHIR; the archive's types say what a record is
  'research/fhir': { may: ['base', 'research/unify', 'research/archive'], touch: ['crypto', '@medplum/fhirtypes'] },
  'research/serve': {
    // fhir: the same intervals of dates for what is stored and what is searched
    may: ['base', 'standards/dicom', 'research/archive', 'research/fhir', 'pages'],
    touch: [
      'http',
      'net',
      'fs',
      'path',
      'crypto',
      'stream',
      'util',
      'fastify',
      'zod',
      'kysely',
      'pg',
      '@medplum/fhirtypes',
    ],
  },
  pipeline: {
    may: [
      'base',
      'standards/dicom',
      'standards/hl7',
      'standards/astm',
      // documents inside messages and uploaded ones
      'standards/cda',
      'clinical/spool',
      'clinical/select',
      'deidentify',
      'research/unify',
      'research/fhir',
      'research/archive',
    ],
    touch: [],
  },
}

const folder = (name) => `^src/${name}/`
const names = Object.keys(TABLE)
/** index.ts of the module, and of those of its folders that are entrances too */
const entrances = (name) =>
  ['', ...(TABLE[name].entrances ?? []).map((one) => `${one}/`)].map((one) => `^src/${name}/${one}index\\.ts$`)
const oneOf = (list) => `^(node:)?(${list.map((x) => x.replace('/', '\\/')).join('|')})(/|$)`
const inModules = (list) => `node_modules/(${list.join('|')})/`

const rules = names.flatMap((name) => {
  const { may, touch } = TABLE[name]
  const others = names.filter((other) => other !== name && !may.includes(other))
  return [
    {
      name: `${name}: modules`,
      severity: 'error',
      from: { path: folder(name), pathNot: '\\.test\\.ts$' },
      to: { path: [...others.map(folder), '^src/app/', '^web/', '^test/', '^bench/', '^tools/'] },
    },
    {
      name: `${name}: inside never through its index`,
      severity: 'error',
      from: { path: folder(name), pathNot: [...entrances(name), '\\.test\\.ts$'] },
      to: { path: entrances(name) },
    },
    {
      name: `${name}: only through its index`,
      severity: 'error',
      from: { pathNot: [folder(name), '^test/', '^bench/', '^tools/', '\\.test\\.ts$'] },
      to: { path: folder(name), pathNot: entrances(name) },
    },
    {
      name: `${name}: built-ins`,
      severity: 'error',
      from: { path: folder(name), pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'], ...(touch.length ? { pathNot: oneOf(touch) } : {}) },
    },
    {
      name: `${name}: packages`,
      severity: 'error',
      from: { path: folder(name), pathNot: '\\.test\\.ts$' },
      to: { path: 'node_modules', ...(touch.length ? { pathNot: inModules([...touch, '@types']) } : {}) },
    },
  ]
})

export default {
  forbidden: [
    ...rules,
    {
      name: 'a new folder must be in the table',
      severity: 'error',
      from: { path: '^src/', pathNot: [...names.map(folder), '^src/app/'] },
      to: {},
    },
    {
      name: 'base: fs writes to the descriptors of sockets and asks /proc about a thread, and nothing else',
      severity: 'error',
      from: {
        path: folder('base'),
        pathNot: ['^src/base/(write-at-once|go-first|kept-waiting)\\.ts$', '\\.test\\.ts$'],
      },
      to: { path: oneOf(['fs']) },
    },
    {
      name: 'nobody imports app',
      severity: 'error',
      from: { pathNot: ['^src/app/', '^test/', '^bench/', '^tools/', '\\.test\\.ts$'] },
      to: { path: '^src/app/' },
    },
    { name: 'no cycles, type imports included', severity: 'error', from: {}, to: { circular: true } },
    // a package of types alone has nothing to resolve to
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@medplum/fhirtypes$' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
