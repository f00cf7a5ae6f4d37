/** Reads sluice.yaml: a configuration, or every mistake with file, line and column. */
import { existsSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { dirname, resolve } from 'node:path'
import { isNode } from 'yaml'
import { Fault } from '../../base/index.ts'
import { compileRules } from '../../clinical/select/index.ts'
import { textOf } from '../files.ts'
import { YamlFile, type Mistake, type Path } from './document.ts'
import { projectProfile } from './project-profile.ts'
import { configSchema, splitAddress, type Config, type LinkConfig } from './schema.ts'
import { readUnification } from './unification.ts'

/** of a home, in UTF-8: the sockets in it have names of 103 bytes where a system permits least (sun_path) */
export const HOME_BYTES = 74

export type ReadConfig =
  | { readonly config: Config; readonly mistakes: readonly [] }
  | { readonly config?: undefined; readonly mistakes: readonly Mistake[] }

/** @throws Fault 'config-missing', 'file-unreadable' */
export function readConfig(file: string): ReadConfig {
  if (!existsSync(file)) throw new Fault('config-missing', { file })
  return parseConfig(textOf(file), file)
}

export function parseConfig(text: string, file: string): ReadConfig {
  const yaml = new YamlFile(text, file)
  const { data, mistakes: wrongForm } = yaml.parse(configSchema)
  if (!data) return { mistakes: wrongForm }
  const place = (path: Path, message: string) => yaml.place(path, message)
  const read = data.projects.map((project, at) =>
    projectProfile(project, dirname(file), (path, message) => place(['projects', at, ...path], message)),
  )
  const config: Config = {
    ...data,
    home: resolve(dirname(file), data.home),
    projects: read.map(({ project }) => project),
    unification: beside(data.unification, dirname(file)),
  }
  const mistakes = [
    ...crossMistakes(config, place),
    ...read.flatMap(({ mistakes }) => mistakes),
    ...ruleMistakes(config, yaml),
    ...readUnification(config.unification).mistakes,
  ]
  return mistakes.length ? { mistakes } : { config, mistakes: [] }
}

/** file names of tables from the folder of sluice.yaml */
function beside({ ranges, mappings, fsli, units }: Config['unification'], folder: string): Config['unification'] {
  const at = (file: string) => resolve(folder, file)
  return {
    ranges: ranges.map(at),
    mappings: mappings.map(at),
    ...(fsli ? { fsli: at(fsli) } : {}),
    ...(units ? { units: at(units) } : {}),
  }
}

/** what one part says that another part must know */
function* crossMistakes(config: Config, place: (path: Path, message: string) => Mistake): Generator<Mistake> {
  const homeBytes = Buffer.byteLength(config.home)
  if (homeBytes > HOME_BYTES)
    yield place(
      ['home'],
      `home has a path of ${homeBytes} bytes; sockets stand in it, so at most ${HOME_BYTES}: choose a shorter one`,
    )
  for (const kind of ['links', 'projects', 'rules'] as const) {
    const seen = new Set<string>()
    for (const [index, { name }] of config[kind].entries()) {
      if (seen.has(name)) yield place([kind, index, 'name'], `${name} is there twice`)
      seen.add(name)
    }
  }
  const retaining = config.projects.filter(
    ({ profile }) => profile !== 'basic' && profile.options?.includes('retain-uids'),
  )
  for (const { name } of retaining.slice(1))
    yield place(
      ['projects', config.projects.findIndex((project) => project.name === name), 'profile'],
      `${retaining[0]?.name} retains UIDs already: the archive has an instance once, so only one project may keep its UIDs`,
    )
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
  for (const [index, { upstream }] of config.links.entries()) {
    const { port } = splitAddress(upstream)
    if (port < 1 || port > 65_535) yield place(['links', index, 'upstream'], `${port} is not a port`)
  }
  for (const [path, address] of listens) {
    const { port } = splitAddress(address)
    if (port > 65_535) yield place(path, `${port} is not a port`)
    const other = port === 0 ? undefined : taken.get(String(port))
    if (other) yield place(path, `port ${port} is taken by ${other}`)
    taken.set(String(port), path.join('.'))
  }
  yield* circles(config, place)
}

/** A link whose archive is another link of ours, and so on until it comes back: the first connection would never end. */
function* circles({ links }: Config, place: (path: Path, message: string) => Mistake): Generator<Mistake> {
  const behind = ({ upstream }: LinkConfig): LinkConfig | undefined =>
    links.find(({ listen }) => {
      const [to, own] = [splitAddress(upstream), splitAddress(listen)]
      return own.port === to.port && own.port !== 0 && isOurs(to.host) && reaches(own.host, to.host)
    })
  for (const [index, link] of links.entries()) {
    const passed = new Set<LinkConfig>()
    for (let at = behind(link); at && !passed.has(at); at = behind(at)) {
      if (at === link) yield place(['links', index, 'upstream'], `${link.name} leads back to itself`)
      passed.add(at)
    }
  }
}

const isOurs = (host: string): boolean =>
  /^(localhost|127\..*|::1)$/.test(host) ||
  Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === host))
const reaches = (listening: string, host: string): boolean =>
  ['0.0.0.0', '::', host].includes(listening) || (host === 'localhost' && /^(127\.0\.0\.1|::1)$/.test(listening))

function* ruleMistakes(config: Config, yaml: YamlFile): Generator<Mistake> {
  for (const { index, rule, line, column, message } of compileRules(config.rules).problems) {
    const path = ['rules', index, 'when']
    const node = yaml.document.getIn(path, true)
    const quoted = isNode(node) && 'type' in node && String(node.type).startsWith('QUOTE') ? 1 : 0
    yield yaml.at(yaml.offsetOf(path) + (line === 1 ? quoted + column - 1 : 0), `rule ${rule}: ${message}`)
  }
}
