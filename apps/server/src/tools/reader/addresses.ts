import type { PageDocument } from './page-dom.ts'

/** Where images are that come late: the place that the page fills in by script. */
const LATE = ['data-src', 'data-original', 'data-lazy-src', 'data-actualsrc', 'data-url']
/** Images without anything to see: spacers and what counts visitors. */
const TINY = /^[01](px)?$/

/** Makes every address whole, as seen from the page or its base, brings late images in, and takes away what leads nowhere. */
export function settleAddresses(document: PageDocument, pageUrl: string, keepsData: boolean): void {
  const base = URL.parse(document.querySelector('base[href]')?.getAttribute('href') ?? '', pageUrl)?.href ?? pageUrl
  const whole = (text: string | null | undefined): string | undefined => {
    const url = text ? URL.parse(text.trim(), base) : null
    return url && /^(https?|mailto):$/.test(url.protocol) ? url.href : undefined
  }
  for (const link of document.querySelectorAll('a[href]')) {
    const written = link.getAttribute('href') ?? ''
    const url = written.startsWith('#') ? undefined : whole(written)
    if (url) link.setAttribute('href', url)
    else link.removeAttribute('href')
  }
  for (const image of document.querySelectorAll('img')) {
    const late = LATE.map((name) => image.getAttribute(name)).find(Boolean)
    const written =
      late ?? image.getAttribute('src') ?? firstOf(image.getAttribute('srcset') ?? image.getAttribute('data-srcset'))
    const isTiny = TINY.test(image.getAttribute('width') ?? '') || TINY.test(image.getAttribute('height') ?? '')
    const url = whole(written) ?? (keepsData && written?.startsWith('data:image/') ? written : undefined)
    if (!url || isTiny) image.remove()
    else image.setAttribute('src', url)
  }
}

const firstOf = (set: string | null): string | undefined => set?.trim().split(/[\s,]+/)[0]
