/** Chromium, as the tests drive it. */
import { existsSync, mkdirSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { chromium, type Page } from 'playwright-core'

export const CHROMIUM = '/usr/bin/chromium'
export const hasChromium = existsSync(CHROMIUM)
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export async function openPage(
  t: TestContext,
  language: 'ru' | 'en',
  viewport = { width: 1360, height: 850 },
): Promise<Page> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  t.after(() => browser.close())
  return (await browser.newContext({ viewport, locale: language === 'ru' ? 'ru-RU' : 'en-GB' })).newPage()
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync('.test-output', { recursive: true })
  await page.screenshot({ path: `.test-output/${name}.png` })
}
