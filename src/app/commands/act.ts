/** `sluice act`: the act of de-identification of a project over a period. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Fault } from '../../base/index.ts'
import { ActTally } from '../act/facts.ts'
import { actHTML } from '../act/html.ts'
import type { Config } from '../config/index.ts'
import { configurationOr2 } from './configuration.ts'
import { withArchive } from './stored-archive.ts'

export interface ActOptions {
  readonly config: string
  readonly project: string
  readonly from: string
  readonly to: string
  readonly language: string
  readonly out?: string
  readonly json?: boolean
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Writes the act as JSON or HTML to standard output, or as HTML or PDF to a file, by its ending. */
export async function act(options: ActOptions): Promise<void> {
  const { from, to, language, out } = options
  if (!DAY.test(from) || !DAY.test(to) || Number.isNaN(Date.parse(from)) || Number.isNaN(Date.parse(to)))
    throw new Fault('option-invalid', { option: '--from, --to', form: 'YYYY-MM-DD' })
  if (language !== 'ru' && language !== 'en')
    throw new Fault('option-invalid', { option: '--language', form: 'ru or en' })
  if (out !== undefined && !['.html', '.pdf'].includes(extname(out)))
    throw new Fault('option-invalid', { option: '--out', form: 'a file that ends with .html or .pdf' })
  const config = configurationOr2(options.config)
  if (!config) return
  const project = config.projects.find(({ name }) => name === options.project)
  if (!project) throw new Fault('project-unknown', { project: options.project })
  const tally = await tallied(config, project.name, from, to)
  const facts = tally.facts({ project: project.name, title: project.title, from, to, madeAt: new Date().toISOString() })
  if (options.json) console.log(JSON.stringify(facts))
  else write(actHTML(facts, language), out)
}

const tallied = (config: Config, project: string, from: string, to: string): Promise<ActTally> =>
  withArchive(config, async (archive) => {
    const tally = new ActTally()
    for await (const row of archive.reports({ project, from, to })) tally.add(row)
    return tally
  })

function write(html: string, out: string | undefined): void {
  if (out === undefined) console.log(html)
  else if (out.endsWith('.html')) writeFileSync(out, html)
  else printed(html, resolve(out))
}

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/yandex-browser']

/** a browser prints what it shows: the same page, with the system's own Cyrillic fonts */
function printed(html: string, out: string): void {
  const browser = process.env.SLUICE_BROWSER ?? BROWSERS.find((path) => existsSync(path))
  if (!browser) throw new Fault('browser-missing')
  const folder = mkdtempSync(join(tmpdir(), 'sluice-act-'))
  try {
    const page = join(folder, 'act.html')
    writeFileSync(page, html)
    const { status } = spawnSync(
      browser,
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        `--user-data-dir=${folder}`,
        '--no-pdf-header-footer',
        `--print-to-pdf=${out}`,
        pathToFileURL(page).href,
      ],
      { stdio: 'ignore', timeout: 60_000 },
    )
    if (status !== 0 || !existsSync(out)) throw new Fault('browser-missing', { status: status ?? -1 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
