/** Reads sluice.yaml: a configuration, or every mistake with file, line and column. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isNode, LineCounter, parseDocument, type Document } from 'yaml'
import type { z } from 'zod'
import { Fault } from '../../base/index.ts'
import { compileRules } from '../../clinical/select/index.ts'
import { configSchema, splitAddress, type Config } from './schema.ts'

export interface Mistake {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
}

export type ReadConfig =
  | { readonly config: Config; readonly mistakes: readonly [] }
  | { readonly config?: undefined; readonly mistakes: readonly Mistake[] }

type Path = readonly (string | number)[]

/** @throws Fault 'config-missing' */
export function readConfig(file: string): ReadConfig {
  if (!existsSync(file)) throw new Fault('config-missing', { file })
  return parseConfig(readFileSync(file, 'utf8'), file)
}

export function parseConfig(text: string, file: string): ReadConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number, message: string): Mistake => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col), message }
  }
  if (document.errors.length) return { mistakes: document.errors.map((error) => at(error.pos[0], error.message)) }
  const parsed = configSchema.safeParse(document.toJS() ?? {})
  const place = (path: Path, message: string) => at(offsetOf(document, path), message)
  if (!parsed.success) return { mistakes: parsed.error.issues.flatMap((issue) => issueMistakes(issue, place)) }
  const mistakes = [...crossMistakes(parsed.data, place), ...ruleMistakes(parsed.data, document, at)]
  if (mistakes.length) return { mistakes }
  return { config: { ...parsed.data, home: resolve(dirname(file), parsed.data.home) }, mistakes: [] }
}

function issueMistakes(issue: z.core.$ZodIssue, place: (path: Path, message: string) => Mistake): Mistake[] {
  const path = issue.path as Path
  if (issue.code !== 'unrecognized_keys') return [place(path, `${path.join('.')}: ${issue.message}`)]
  return issue.keys.map((key) => place([...path, key], `${[...path, key].join('.')} is not a setting`))
}

/** what one part says that another part must know */
function* crossMistakes(config: Config, place: (path: Path, message: string) => Mistake): Generator<Mistake> {
  for (const kind of ['links', 'projects', 'rules'] as const) {
    const seen = new Set<string>()
    for (const [index, { name }] of config[kind].entries()) {
      if (seen.has(name)) yield place([kind, index, 'name'], `${name} is there twice`)
      seen.add(name)
    }
  }
  const projects = config.projects.map(({ name }) => name)
  for (const [index, { project }] of config.rules.entries()) {
    if (!projects.includes(project))
      yield place(
        ['rules', index, 'project'],
        `there is no project ${project}${projects.length ? `; there are ${projects.join(', ')}` : ''}`,
      )
  }
  const taken = new Map<string, string>()
  const listens: readonly (readonly [Path, string])[] = [
    [['web', 'listen'], config.web.listen],
    [['operate', 'listen'], config.operate.listen],
    ...config.links.map(({ listen }, index) => [['links', index, 'listen'], listen] as const),
  ]
  for (const [path, address] of listens) {
    const { port } = splitAddress(address)
    if (port > 65_535) yield place(path, `${port} is not a port`)
    const other = port === 0 ? undefined : taken.get(String(port))
    if (other) yield place(path, `port ${port} is taken by ${other}`)
    taken.set(String(port), path.join('.'))
  }
}

function* ruleMistakes(
  config: Config,
  document: Document,
  at: (offset: number, message: string) => Mistake,
): Generator<Mistake> {
  for (const { index, rule, line, column, message } of compileRules(config.rules).problems) {
    const node = document.getIn(['rules', index, 'when'], true)
    const start = offsetOf(document, ['rules', index, 'when'])
    const quoted = isNode(node) && 'type' in node && String(node.type).startsWith('QUOTE') ? 1 : 0
    yield at(start + (line === 1 ? quoted + column - 1 : 0), `rule ${rule}: ${message}`)
  }
}

/** where a setting stands; the nearest thing above it when it is missing */
function offsetOf(document: Document, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}
