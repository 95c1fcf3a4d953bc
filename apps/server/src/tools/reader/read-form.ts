import type { ReadPage, ReadWish } from './read-page.ts'

type Given = Readonly<Record<string, unknown>>
const SECOND_MS = 1_000

/** What either wire asks (wire contract §3.3, §3.4), with its defaults filled in. */
export const readWish = (given: Given): ReadWish => ({
  url: String(given.url),
  msMax: Number(given.timeout) * SECOND_MS,
  noCache: given.no_cache === true,
  format: given.return_format === 'text' ? 'text' : 'markdown',
  images: given.retain_images !== false,
  gfm: given.no_gfm !== true,
  dataImages: given.keep_img_data_url === true,
})

export const readForm = ({ title, description, url, content, metadata, links, images }: ReadPage, given: Given) => ({
  title,
  description,
  url,
  content,
  metadata,
  ...(given.with_links_summary === true ? { links } : {}),
  ...(given.with_images_summary === true ? { images } : {}),
})
