import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { LANGUAGES, openChromium, openWindow, visit, type Language, type View, type Window } from './chromium.ts'
import { countLoad, shiftOf, watchShifts } from './load.ts'
import { pagesOf } from './pages.ts'
import { openScene, type Scene } from './scene.ts'

const VIEWS: readonly View[] = [
  { language: 'zh', theme: 'light', width: 1440 },
  { language: 'en', theme: 'dark', width: 390 },
]
/** WCAG 2.2, level AA. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Of script, compressed, for the first page that somebody opens. */
const SCRIPT_KB_MAX = 200
const REQUESTS_MAX = 30
/** Where the web calls a page good it is 0.1. */
const SHIFT_MAX = 0.02
const OTHER_LETTERS = /[\u4e00-\u9fff]/

describe('every page', () => {
  let browser: Browser
  let scene: Scene
  beforeAll(async () => {
    browser = await openChromium()
    scene = await openScene()
  })
  afterAll(async () => {
    await browser.close()
    await scene.house.close()
  })

  describe.each(VIEWS)('in $language, $theme, $width wide', (view) => {
    const windows = new Map<string, Window>()
    beforeAll(async () => {
      await scene.speak(view.language)
      for (const who of [undefined, ...(Object.keys(scene.people) as (keyof Scene['people'])[])]) {
        const window = await openWindow(browser, scene.house.url, view, who && scene.people[who].session)
        await watchShifts(window.page)
        windows.set(String(who), window)
      }
    })
    afterAll(async () => {
      for (const { context } of windows.values()) await context.close()
    })

    test('can be used by everybody, stands still, fits, speaks the language, and breaks no rule of the browser', async () => {
      const found: string[] = []
      for (const { name, path, who } of pagesOf(scene)) {
        const { page } = windows.get(String(who)) as Window
        await visit(page, scene.house.url + path)
        // All in the page itself: it has no frames, and a second page for the report takes as long as the look.
        const axe = new AxeBuilder({ page })
          .withTags(RULES)
          .options({ resultTypes: ['violations'] })
          .setLegacyMode()
        for (const { id, impact, nodes } of (await axe.analyze()).violations)
          if (impact === 'serious' || impact === 'critical') found.push(`${name}: ${id}: ${nodes[0]?.html}`)
        const shift = await shiftOf(page)
        if (shift > SHIFT_MAX) found.push(`${name}: moved by ${shift.toFixed(3)}`)
        const over = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
        if (Number(over) > 0) found.push(`${name}: is ${over} px wider than the window`)
        if (view.language === 'en') {
          const shown = await page.locator('main').innerText()
          const line = shown.split('\n').find((one) => OTHER_LETTERS.test(one.replaceAll(/示例用户|中文/g, '')))
          if (line) found.push(`${name}: not translated: ${line}`)
        }
      }
      for (const { faults } of windows.values()) found.push(...faults)
      expect(found).toEqual([])
    }, 240_000)
  })

  test('loads little at first, in few requests', async () => {
    for (const [path, who] of [['/plans'], ['/usage', 'subscriber'], ['/setup', 'subscriber']] as const) {
      const session = who && scene.people[who].session
      const view = { language: 'zh', theme: 'light', width: 1440 } as const
      const { page, context } = await openWindow(browser, scene.house.url, view, session)
      const load = await countLoad(page)
      await visit(page, scene.house.url + path)
      expect([path, load.scriptKb() < SCRIPT_KB_MAX, load.requests() < REQUESTS_MAX]).toEqual([path, true, true])
      process.stdout.write(`${path}: ${load.scriptKb().toFixed(0)} KB of script, ${load.requests()} requests\n`)
      await context.close()
    }
  })

  test.each(Object.keys(LANGUAGES) as Language[])(
    'a visitor who prefers %s reads it, and can switch',
    async (language) => {
      const view = { language, theme: 'light', width: 390 } as const
      const { page, context } = await openWindow(browser, scene.house.url, view)
      await visit(page, `${scene.house.url}/plans`)
      const titles = { zh: '套餐', en: 'Plans' }
      const other = language === 'zh' ? 'en' : 'zh'
      await page.getByRole('heading', { level: 1, name: titles[language], exact: true }).waitFor()
      await page.getByRole('button', { name: language === 'zh' ? 'English' : '中文' }).click()
      await page.getByRole('heading', { level: 1, name: titles[other], exact: true }).waitFor()
      await page.reload()
      await page.getByRole('heading', { level: 1, name: titles[other], exact: true }).waitFor()
      await context.close()
    },
  )

  test('dark stays dark, from the first paint on', async () => {
    const view = { language: 'en', theme: 'light', width: 1440 } as const
    const { page, context } = await openWindow(browser, scene.house.url, view)
    await visit(page, `${scene.house.url}/plans`)
    const button = page.getByRole('button', { name: 'Light and dark: as the system' })
    await button.click()
    await page.getByRole('button', { name: 'Light', exact: true }).click()
    await page.getByRole('button', { name: 'Dark', exact: true }).waitFor()
    const html = await (
      await context.request.get(`${scene.house.url}/plans`, { headers: { accept: 'text/html' } })
    ).text()
    expect(html).toContain('data-theme="dark"')
    await context.close()
  })

  test('keyboard: the first stop leads past the navigation', async () => {
    const view = { language: 'en', theme: 'light', width: 1440 } as const
    const { session } = scene.people.subscriber
    await scene.speak('en')
    const { page, context } = await openWindow(browser, scene.house.url, view, session)
    await visit(page, `${scene.house.url}/keys`)
    await page.keyboard.press('Tab')
    await page.getByRole('link', { name: 'Skip to the content' }).press('Enter')
    await page.keyboard.press('Tab')
    await page.locator('main').getByRole('button', { name: 'Make a key' }).press('Enter')
    await page.getByRole('dialog', { name: 'Make a key' }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await context.close()
  })
})
