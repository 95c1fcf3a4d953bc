import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { ask } from '../house/ask.ts'
import { faultsOfBooks } from '../house/books.ts'
import { deliver } from '../house/shopper.ts'
import { until } from '../house/until.ts'
import { openChromium, openWindow, settled, visit, type View, type Window } from './chromium.ts'
import { openScene, type Scene } from './scene.ts'

/** What is read and pressed on the way. */
const WORDS = {
  zh: {
    why: '原因',
    done: '已完成',
    editor: '文本',
    apply: '应用',
    atOnce: /立即生效/,
    release: '临时放量',
    releaseVerb: '放量',
    pieces: '数量',
    plan: '套餐',
    search: '搜索',
    refund: '退款',
    refundVerb: '终止并退款',
    drain: '排空',
    drained: '已排空',
    attention: /1 个上游已排空/,
    undrain: '恢复接收',
    look: '以成员视角查看',
    lookVerb: '查看',
    leave: '退出查看',
  },
  en: {
    why: 'Why',
    done: 'Done',
    editor: 'Text',
    apply: 'Apply',
    atOnce: /at once/,
    release: 'Special release',
    releaseVerb: 'Put on sale',
    pieces: 'Pieces',
    plan: 'Plan',
    search: 'Search',
    refund: 'Refund',
    refundVerb: 'End it and send back',
    drain: 'Drain',
    drained: 'drained',
    attention: /1 upstream is drained/,
    undrain: 'Take calls again',
    look: 'See what the member sees',
    lookVerb: 'Look',
    leave: 'Leave',
  },
} as const

const VIEWS: readonly View[] = [
  { language: 'zh', theme: 'light', width: 1440 },
  { language: 'en', theme: 'dark', width: 390 },
]
const REASON = 'asked by telephone'

describe('the way of an operator', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openChromium()
  })
  afterAll(() => browser.close())

  describe.each(VIEWS)('in $language, $theme, $width wide', (view) => {
    const w = WORDS[view.language]
    let scene: Scene
    let window: Window
    let page: Page
    beforeAll(async () => {
      scene = await openScene()
      await scene.speak(view.language)
      window = await openWindow(browser, scene.house.url, view, scene.people.operator.session)
      page = window.page
    })
    afterAll(async () => {
      expect(window.faults).toEqual([])
      expect(await faultsOfBooks(scene.house)).toEqual([])
      await window.context.close()
      await scene.house.close()
    })

    const go = (path: string): Promise<void> => visit(page, `${scene.house.url}/operator${path}`)
    /** Says why in the open dialog, and does it. */
    const confirm = async (verb: string): Promise<void> => {
      const dialog = page.getByRole('dialog').filter({ has: page.getByLabel(w.why) })
      await dialog.getByLabel(w.why).fill(REASON)
      await dialog.getByRole('button', { name: verb, exact: true }).click()
      await dialog.waitFor({ state: 'detached' })
    }
    const button = (name: string) => page.getByRole('button', { name, exact: true })
    const lastDeed = async () =>
      (await scene.people.operator.ask.get('/api/admin/v1/audit?limit=1')).json.entries[0] as Record<string, unknown>

    test('S1: a new version of the catalog is edited, faults stand at their line, and it is applied', async () => {
      await go('/catalog')
      const editor = page.getByRole('textbox', { name: w.editor })
      const before = await editor.inputValue()
      expect(await button(w.apply).isEnabled()).toBe(false)
      await editor.fill(before.replace('rank: 2', 'rank: two'))
      await page.getByRole('alert').getByText('plans[1].rank').waitFor()
      expect(await button(w.apply).isEnabled()).toBe(false)
      await editor.fill(before.replace('queue_weight: 2', 'queue_weight: 3'))
      await page.getByText('plans.pro.queue_weight').waitFor()
      await page.getByText(w.atOnce).first().waitFor()
      await button(w.apply).click()
      await confirm(w.apply)
      const { version, source } = scene.house.rooms.catalog.current()
      expect(source).toContain('queue_weight: 3')
      expect(await lastDeed()).toMatchObject({ action: 'catalog apply', after: { version }, why: REASON })
    })

    test('S7: pieces are put on sale on top of the calendar', async () => {
      await go('/releases')
      await button(w.release).click()
      const dialog = page.getByRole('dialog', { name: w.release })
      await dialog.getByLabel(w.plan).selectOption({ label: 'GLM Coding Max' })
      await dialog.getByLabel(w.pieces).fill('7')
      await confirm(w.releaseVerb)
      await until('the sale has heard of it', async () => {
        const { json } = await scene.people.operator.ask.get('/api/admin/v1/sale')
        const releases = json.releases as readonly { origin: string; plan: string; pieces: number }[]
        return releases.find(({ origin, plan, pieces }) => origin === 'operator' && plan === 'max' && pieces === 7)
      })
      expect(await lastDeed()).toMatchObject({ action: 'sale release', whom: 'max', why: REASON })
    })

    test('a member is found and gets the money back, after a look at what the rule says', async () => {
      const { memberId } = scene.people.subscriber
      await go('/members')
      await page.getByLabel(w.search).fill('subscriber')
      await page.getByRole('link', { name: 'subscriber@example.org' }).click()
      await page.getByRole('heading', { level: 1, name: 'subscriber@example.org' }).waitFor()
      await settled(page)
      await button(w.refund).click()
      await page
        .getByRole('dialog', { name: w.refund })
        .getByText(/149\.00/)
        .waitFor()
      await confirm(w.refundVerb)
      expect(await scene.house.rooms.billing.contract(memberId)).toBeUndefined()
      await scene.house.rooms.billing.workDue(scene.house.clock.now())
      await deliver(scene.house)
      expect(await lastDeed()).toMatchObject({ action: 'refund', whom: memberId, why: REASON })
    })

    test('the console is seen as a member sees it, and says so until one leaves', async () => {
      const { memberId } = scene.people.subscriber
      await go(`/members/${memberId}`)
      await button(w.look).click()
      await confirm(w.lookVerb)
      await page.waitForURL('**/usage')
      const banner = page.getByRole('status').filter({ has: button(w.leave) })
      await banner.waitFor()
      await visit(page, `${scene.house.url}/keys`)
      await banner.getByRole('button', { name: w.leave }).click()
      await page.getByRole('heading', { level: 1, name: 'subscriber@example.org' }).waitFor()
      expect(await banner.count()).toBe(0)
      expect(await lastDeed()).toMatchObject({ action: 'look', whom: memberId, why: REASON })
    })

    test('S7: an upstream is drained, today says so, and it takes calls again', async () => {
      await go('/upstreams')
      const card = page.getByRole('region', { name: 'sandbox-openai' })
      await card.getByRole('button', { name: w.drain }).click()
      await confirm(w.drain)
      await card.getByText(w.drained, { exact: true }).waitFor()
      await go('')
      await page.getByRole('link', { name: w.attention }).click()
      const other = await scene.house.subscriber('pro')
      const heard = await ask(scene.house.url, other.key, { text: 'is anybody there', model: 'glm-4.7' })
      expect(heard.status).toBeGreaterThanOrEqual(500)
      await card.getByRole('button', { name: w.undrain }).click()
      await confirm(w.undrain)
      await card.getByRole('button', { name: w.drain }).waitFor()
      expect((await ask(scene.house.url, other.key, { text: 'and now', model: 'glm-4.7' })).status).toBe(200)
    })
  })
})
