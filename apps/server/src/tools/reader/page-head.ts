import type { PageDocument } from './page-dom.ts'

const clean = (text: string | null | undefined): string => (text ?? '').replaceAll(/\s+/g, ' ').trim()

/** What a page says about itself, under names that do not depend on who invented the tag. */
const META: Readonly<Record<string, readonly string[]>> = {
  description: ['description', 'og:description', 'twitter:description'],
  author: ['author', 'article:author'],
  site: ['og:site_name', 'application-name'],
  published: ['article:published_time', 'date', 'pubdate', 'publishdate', 'dc.date', 'og:published_time'],
  modified: ['article:modified_time', 'last-modified'],
  keywords: ['keywords'],
  image: ['og:image', 'twitter:image'],
}

export function metadataOf(document: PageDocument): Record<string, string> {
  const given = new Map<string, string>()
  for (const meta of document.querySelectorAll('meta[content]')) {
    const name = (meta.getAttribute('property') ?? meta.getAttribute('name') ?? '').toLowerCase()
    const content = clean(meta.getAttribute('content'))
    if (name && content && !given.has(name)) given.set(name, content)
  }
  const found: Record<string, string> = {}
  for (const [name, tags] of Object.entries(META)) {
    const value = tags.map((tag) => given.get(tag)).find(Boolean)
    if (value) found[name] = value
  }
  const time = document.querySelector('time[datetime]')?.getAttribute('datetime')
  if (time && !found.published) found.published = clean(time)
  const language = document.documentElement?.getAttribute('lang')
  if (language) found.language = language
  return found
}

export function titleOf(document: PageDocument): string {
  const og = document.querySelector('meta[property="og:title"]')?.getAttribute('content')
  return (
    clean(og) || clean(document.querySelector('title')?.textContent) || clean(document.querySelector('h1')?.textContent)
  )
}
