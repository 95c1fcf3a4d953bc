import type { Found } from './search.ts'

/** What callers of either wire read (wire contract §3.3, §3.4). */
export const foundForm = (found: readonly Found[]) =>
  found.map(({ title, link, content, media, icon, publishDate }, i) => ({
    refer: `ref_${i + 1}`,
    title,
    link,
    media,
    content,
    icon,
    publish_date: publishDate,
  }))

/** A domain as people write it: an address, with `www.`, with a list separator at its end. */
export function domainsIn(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(/[\s,;]+/)
    .map((one) =>
      one
        .replace(/^https?:\/\//i, '')
        .replace(/\/.*$/, '')
        .replace(/^(\*\.|www\.)/i, '')
        .toLowerCase(),
    )
    .filter((one) => /^[\p{L}\p{N}-]+(\.[\p{L}\p{N}-]+)+$/u.test(one))
}

/** Chinese words are asked in Chinese. */
export const languageIn = (query: string): 'zh' | undefined => (/\p{Script=Han}/u.test(query) ? 'zh' : undefined)
