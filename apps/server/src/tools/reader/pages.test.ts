import { readFileSync } from 'node:fs'

import { describe, expect, test } from 'vitest'

import { decodePage } from './decode.ts'
import { extractHtml } from './extract-html.ts'
import { extractPdf } from './extract-pdf.ts'
import type { Page } from './page.ts'

interface Fixture {
  readonly file: string
  readonly url: string
  readonly contentType: string
  readonly title: string
  readonly description?: string
  readonly metadata?: Readonly<Record<string, string>>
}
const PAGES = new URL('../../../../../test/fixtures/pages/', import.meta.url)
const fixtures = JSON.parse(readFileSync(new URL('pages.json', PAGES), 'utf8')) as readonly Fixture[]
const WISH = { format: 'markdown', images: true, gfm: true, dataImages: false } as const

async function pageOf({ file, url, contentType }: Fixture): Promise<Page> {
  const bytes = readFileSync(new URL(file, PAGES))
  return file.endsWith('.pdf')
    ? extractPdf(new Uint8Array(bytes))
    : extractHtml(decodePage(bytes, contentType), url, WISH)
}

describe('S12: pages and documents as they are found, each as the text that a person would take from it', () => {
  test('there are at least 60 of them', () => expect(fixtures.length).toBeGreaterThanOrEqual(60))

  test.each(fixtures.map((one) => [one.file, one] as const))('%s', async (_, fixture) => {
    const page = await pageOf(fixture)
    const wanted = readFileSync(new URL(fixture.file.replace(/\.\w+$/, '.md'), PAGES), 'utf8').trimEnd()
    expect(page.content).toBe(wanted)
    expect(page.title).toBe(fixture.title)
    if (fixture.description !== undefined) expect(page.description).toBe(fixture.description)
    if (fixture.metadata) expect(page.metadata).toMatchObject(fixture.metadata)
  })
})
