/** Chromium, as the tests drive it. */
import { existsSync, mkdirSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { chromium, type Page } from 'playwright-core'
import { atEnd } from './peers.ts'

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
  atEnd(t, () => browser.close())
  return (await browser.newContext({ viewport, locale: language === 'ru' ? 'ru-RU' : 'en-GB' })).newPage()
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync('.test-output', { recursive: true })
  await page.screenshot({ path: `.test-output/${name}.png` })
}

/**
 * Text that cannot be read well: less contrast than WCAG 2.1 asks for (§1.4.3: 4.5 to 1, large text 3 to 1).
 * @returns what is written, with its ratio
 */
export const unreadable = (page: Page): Promise<string[]> =>
  // runs in the page, whose globals this side does not know
  page.evaluate<string[]>(`(() => {
    const parsed = (colour) => {
      const [r, g, b, a = 1] = (colour.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number)
      return { r, g, b, a }
    }
    const over = (top, below) => ({
      r: top.r * top.a + below.r * (1 - top.a),
      g: top.g * top.a + below.g * (1 - top.a),
      b: top.b * top.a + below.b * (1 - top.a),
      a: 1,
    })
    const behind = (element) => {
      const layers = []
      for (let at = element; at; at = at.parentElement) {
        if (getComputedStyle(at).backgroundImage !== 'none') return undefined
        layers.push(parsed(getComputedStyle(at).backgroundColor))
      }
      return layers.reduceRight((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 })
    }
    const light = ({ r, g, b }) =>
      [r, g, b]
        .map((one) => one / 255)
        .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
        .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0)
    const found = []
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement
      const text = node.textContent.trim()
      if (!text || !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue
      const background = behind(element)
      // on a picture its own shadow makes it readable
      if (!background || element.closest('[data-testid=viewport]')) continue
      const style = getComputedStyle(element)
      const size = parseFloat(style.fontSize)
      const [a, b] = [light(over(parsed(style.color), background)), light(background)]
      const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700)
      if (ratio < (large ? 3 : 4.5)) found.push(text.slice(0, 40) + ' ' + ratio.toFixed(2))
    }
    return [...new Set(found)]
  })()`)

/**
 * Walks through the page by Tab.
 * @returns what is reached, by its name or text, with `!` before what does not show that it is reached
 */
export async function tabs(page: Page, steps: number): Promise<string[]> {
  const reached: string[] = []
  for (let step = 0; step < steps; step++) {
    await page.keyboard.press('Tab')
    reached.push(
      await page.evaluate<string>(`(() => {
        const at = document.activeElement
        if (!at || at === document.body) return ''
        const shown = at.closest('label') ?? (at.matches('input[type=radio]') ? at.nextElementSibling : undefined) ?? at
        const { outlineStyle, outlineWidth, boxShadow, borderColor } = getComputedStyle(shown)
        const seen = (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none' || at.matches('input')
        const name = at.getAttribute('aria-label') ?? at.labels?.[0]?.textContent ?? at.textContent ?? at.tagName
        return (seen ? '' : '!') + name.trim().slice(0, 60)
      })()`),
    )
  }
  return reached
}
