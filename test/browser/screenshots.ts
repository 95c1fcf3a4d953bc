import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

import { makeTemplate } from '../house/template.ts'
import { LANGUAGES, openChromium, openWindow, SIZES, THEMES, visit, type Language, type Width } from './chromium.ts'
import { pagesOf } from './pages.ts'
import { openScene } from './scene.ts'

/**
 * `npm run screenshots [-- <folder> [<part of a name>]]`: each page in each language, light and dark, on a phone and a desk, to be looked at.
 */
/** A long page takes long on a busy machine. */
const SHOT_MS_MAX = 60_000
const [folder = 'screenshots', part = ''] = process.argv.slice(2)

await makeTemplate()
const scene = await openScene()
const browser = await openChromium()
const pages = pagesOf(scene).filter(({ name }) => name.includes(part))
let count = 0
for (const language of Object.keys(LANGUAGES) as Language[]) {
  await scene.speak(language)
  for (const theme of THEMES)
    for (const width of Object.keys(SIZES).map(Number) as Width[]) {
      const where = resolve(folder, `${language}-${theme}-${width}`)
      mkdirSync(where, { recursive: true })
      for (const who of [undefined, ...(Object.keys(scene.people) as (keyof typeof scene.people)[])]) {
        const session = who && scene.people[who].session
        const { page, context, faults } = await openWindow(
          browser,
          scene.house.url,
          { language, theme, width },
          session,
        )
        for (const { name, path } of pages.filter((one) => one.who === who)) {
          await visit(page, scene.house.url + path)
          await page.screenshot({ path: resolve(where, `${name}.png`), fullPage: true, timeout: SHOT_MS_MAX })
          count++
        }
        for (const fault of faults) process.stderr.write(`${fault}\n`)
        await context.close()
      }
    }
}
await browser.close()
await scene.house.close()
process.stdout.write(`${count} pictures in ${resolve(folder)}\n`)
process.exit(0)
