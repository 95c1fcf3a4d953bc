import { existsSync } from 'node:fs'

import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** One that works without a screen, without a sandbox of its own, and asks nobody outside. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
]

export function openChromium(): Promise<Browser> {
  const executablePath = PLACES.find((place) => existsSync(place))
  if (!executablePath)
    throw new Error('Chromium is missing. Debian and Ubuntu: apt-get install chromium fonts-noto-cjk')
  return chromium.launch({ executablePath, args: FLAGS })
}

/** A page that takes longer is broken. */
const TIMEOUT_MS = 15_000

export const LANGUAGES = { zh: 'zh-CN', en: 'en-GB' } as const
export type Language = keyof typeof LANGUAGES
export const THEMES = ['light', 'dark'] as const
export type Theme = (typeof THEMES)[number]
/** A phone and a desk. */
export const SIZES = { 390: { width: 390, height: 844 }, 1440: { width: 1440, height: 900 } } as const
export type Width = keyof typeof SIZES

export interface View {
  readonly language: Language
  readonly theme: Theme
  readonly width: Width
}

/** A browser of one person, and what went wrong in it. */
export interface Window {
  readonly page: Page
  readonly context: BrowserContext
  /** Faults of pages, and what the policy of the page has forbidden. */
  readonly faults: string[]
}

export async function openWindow(
  browser: Browser,
  url: string,
  { language, theme, width }: View,
  session?: { readonly name: string; readonly value: string },
): Promise<Window> {
  const context = await browser.newContext({
    viewport: SIZES[width],
    locale: LANGUAGES[language],
    colorScheme: theme,
    reducedMotion: 'reduce',
    hasTouch: width === 390,
    permissions: ['clipboard-read', 'clipboard-write'],
  })
  context.setDefaultTimeout(TIMEOUT_MS)
  if (session) await context.addCookies([{ ...session, url }])
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
  page.on('console', (message) => {
    // A refused request is an expected answer; the page shows it.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text()))
      faults.push(`${page.url()}: ${message.text()}`)
  })
  return { page, context, faults }
}

/** Goes to a page of the console and waits until everything that it asked for is there. */
export async function visit(page: Page, url: string): Promise<void> {
  await page.goto(url)
  await settled(page)
}

/** Its heading is there, and nothing stands in for what will come. */
export async function settled(page: Page): Promise<void> {
  await page.locator('h1').first().waitFor()
  await page.waitForSelector('.skeleton', { state: 'detached' })
}
