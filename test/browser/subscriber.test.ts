import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { faultsOfBooks } from '../house/books.ts'
import { ask } from '../house/ask.ts'
import { openHouse, type House } from '../house/house.ts'
import { limitedSale } from '../house/shop.ts'
import { CARD, deliver } from '../house/shopper.ts'
import { until } from '../house/until.ts'
import { lettersTo, tokenFor } from '../house/visitor.ts'
import { openChromium, openWindow, type View, type Window } from './chromium.ts'

const PASSWORD = 'quite a long one'
const BEFORE = '2026-01-23T09:57:00+08:00'
const FOUR_MINUTES_MS = 4 * 60_000

/** What people read on the way; the rest is the same in both languages. */
const WORDS = {
  zh: {
    signUp: '注册账户',
    email: '邮箱',
    password: '密码',
    letterSent: '邮件已发出',
    confirm: '确认',
    joinRoom: '进入等候室',
    inRoom: '您已进入 GLM Coding Pro 的等候室',
    turn: '轮到您购买 GLM Coding Pro 了',
    orderNow: '立即下单',
    order: '下单并前往支付',
    pay: '支付 ¥149.00',
    running: '套餐已生效',
    setUp: '接入工具',
    make: '创建 Key 并填入',
    waiting: '正在等待您的首次调用 …',
    received: '已收到',
    upgrade: '立即升级',
    orderUpgrade: '下单升级',
    payRest: /^支付 ¥/,
    upgraded: '升级已生效',
    addMethod: '添加支付方式',
    methodAdded: '支付方式已添加。',
    charged: '用于续费扣款',
    renewal: '自动续费',
    ends: /套餐将于 .* 结束，在此之前可重新开启。/,
  },
  en: {
    signUp: 'Make an account',
    email: 'E-mail address',
    password: 'Password',
    letterSent: 'A letter is on its way',
    confirm: 'Confirm',
    joinRoom: 'Join the waiting room',
    inRoom: 'You are in the waiting room for GLM Coding Pro',
    turn: 'It is your turn for GLM Coding Pro',
    orderNow: 'Order now',
    order: 'Order and go on to payment',
    pay: 'Pay ¥149.00',
    running: 'Your plan is running',
    setUp: 'Set up a tool',
    make: 'Make a key and put it in',
    waiting: 'Waiting for your first call …',
    received: 'Received',
    upgrade: 'Upgrade now',
    orderUpgrade: 'Order the upgrade',
    payRest: /^Pay ¥/,
    upgraded: 'The upgrade is in force',
    addMethod: 'Add a payment method',
    methodAdded: 'The payment method was added.',
    charged: 'charged for renewals',
    renewal: 'Renews itself',
    ends: /Your plan ends on .* Until then you can switch this on again\./,
  },
} as const

const VIEWS: readonly View[] = [
  { language: 'zh', theme: 'light', width: 1440 },
  { language: 'en', theme: 'dark', width: 390 },
]

describe('the way of a subscriber', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await openChromium()
  })
  afterAll(() => browser.close())

  describe.each(VIEWS)('in $language, $width wide', (view) => {
    const w = WORDS[view.language]
    const email = `buyer.${view.language}@example.org`
    let house: House
    let window: Window
    let page: Page
    beforeAll(async () => {
      house = await openHouse({ at: BEFORE, publicUrl: 'http://127.0.0.1:0', catalog: limitedSale(5) })
      await house.app.sale.tick()
      window = await openWindow(browser, house.url, view)
      page = window.page
    })
    afterAll(async () => {
      expect(window.faults).toEqual([])
      await window.context.close()
      await house.rooms.entitlements.drain()
      expect(await faultsOfBooks(house)).toEqual([])
      await house.close()
    })
    const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click()
    const shows = (text: string | RegExp) => page.getByText(text).first().waitFor()
    /** The card of the test bank that pays, and then what the bank says of it. */
    const payAtBank = async (): Promise<void> => {
      await page.getByRole('button', { name: '4242 4242 4242 4242' }).click()
      await page.waitForURL(/\/orders\//)
      await deliver(house)
    }

    test('signs up, confirms the address by the letter, and is in', async () => {
      await page.goto(`${house.url}/account/sign-up`)
      await page.getByLabel(w.email).fill(email)
      await page.getByLabel(w.password).fill(PASSWORD)
      await page.locator('form').getByRole('button', { name: w.signUp }).click()
      await shows(w.letterSent)
      await until('the letter', async () => (await lettersTo(house, email)).length > 0)
      await page.goto(`${house.url}/account/verify?token=${await tokenFor(house, email, 'verify')}`)
      await page.getByLabel(w.password).fill(PASSWORD)
      await press(w.confirm)
      await page.waitForURL(`${house.url}/plans`)
    })

    test('waits for the release, is called, and orders when it opens', async () => {
      const pro = page.getByRole('listitem').filter({ hasText: 'GLM Coding Pro' }).first()
      await pro.getByRole('button', { name: w.joinRoom }).click()
      await shows(w.inRoom)
      house.clock.advance(FOUR_MINUTES_MS)
      await house.app.sale.tick()
      await shows(w.turn)
      await page.getByRole('link', { name: w.orderNow }).click()
      await page.waitForURL(/\/checkout/)
      await press(w.order)
      await page.waitForURL(/\/orders\//)
    })

    test('pays at the bank, and the plan is running when it returns', async () => {
      await press(w.pay)
      await payAtBank()
      await shows(w.running)
    })

    test('puts a new key into a tool, and the page notices the first call', async () => {
      await page.getByRole('link', { name: w.setUp }).first().click()
      await shows(w.waiting)
      await press(w.make)
      const config = page.getByLabel(/settings\.json/)
      await until('the key in the configuration', async () => !(await config.innerText()).includes('YOUR_KEY'))
      const { env } = JSON.parse(await config.innerText()) as { readonly env: Readonly<Record<string, string>> }
      expect(env['ANTHROPIC_BASE_URL']).toBe(`${house.url}/api/anthropic`)
      // The clock of the page has gone on, the one of the house has not.
      house.clock.advance(60_000)
      const heard = await ask(house.url, String(env['ANTHROPIC_AUTH_TOKEN']), { text: 'what files are there?' })
      expect(heard.status).toBe(200)
      await page.getByText(w.received, { exact: true }).waitFor()
    })

    test('upgrades by a quote that says what it is made of', async () => {
      house.clock.advance(2_000)
      await page.goto(`${house.url}/subscription`)
      await page.getByRole('row').filter({ hasText: 'GLM Coding Max' }).getByRole('button', { name: w.upgrade }).click()
      await press(w.orderUpgrade)
      await page.waitForURL(/\/orders\//)
      // The card is kept, so nobody has to go to the bank again.
      await press(w.payRest)
      await deliver(house)
      await shows(w.upgraded)
    })

    test('adds a payment method without paying, and sees that renewals are charged to it', async () => {
      await page.goto(`${house.url}/subscription`)
      await press(w.addMethod)
      await page.waitForURL(/\/pay\//)
      await page.locator(`button[value="${CARD.twice}"]`).click()
      await page.waitForURL(/\/subscription\?setup=/)
      await deliver(house)
      await shows(w.methodAdded)
      await page.getByRole('listitem').filter({ hasText: '0259' }).getByText(w.charged).waitFor()
    })

    test('switches the renewal off, and reads until when the plan runs', async () => {
      await page.goto(`${house.url}/subscription`)
      await page.getByRole('heading', { name: 'GLM Coding Max' }).waitFor()
      const renewal = page.getByRole('switch', { name: w.renewal })
      await renewal.click()
      await shows(w.ends)
      expect(await renewal.getAttribute('aria-checked')).toBe('false')
    })
  })
})
