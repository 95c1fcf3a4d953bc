import { no, yes, type Outcome } from '@codeplan/core'

import type { Refusal } from '../../platform/index.ts'
import type { ToolDeps } from '../deps.ts'
import { fetchPage } from '../reader/fetch-page.ts'
import type { Words } from '../reader/guard.ts'
import { imageFacts } from './image-size.ts'

/** An image as every vision model takes it: a data URL, checked. `source`: a data URL, bare base64, or an address of the web. */
export async function loadImage(
  deps: Pick<ToolDeps, 'catalog' | 'outside'>,
  field: string,
  source: string,
): Promise<Outcome<string, Refusal>> {
  const { vision, web_reader: web } = deps.catalog.current().services
  const bytesMax = vision.image_mib_max * 1_048_576
  const refused = (why: Words): Outcome<never, Refusal> => no({ code: 'page_refused', field, why })
  const loaded = /^https?:/i.test(source.trim())
    ? await fetchImage(deps, source.trim(), {
        bytesMax,
        ports: web.ports,
        redirectsMax: web.redirects_max,
        msMax: web.page_ms_max,
      })
    : fromText(source)
  if (!loaded.ok) return refused(loaded.no)
  const bytes = loaded.value
  if (bytes.length > bytesMax)
    return refused({
      en: `the image is larger than ${vision.image_mib_max} MiB`,
      zh: `图片超过 ${vision.image_mib_max} MiB`,
    })
  const facts = imageFacts(bytes)
  if (!facts) return refused({ en: 'it is neither a PNG nor a JPEG image', zh: '不是 PNG 或 JPEG 图片' })
  const pixels = facts.width * facts.height
  if (pixels === 0 || pixels > vision.pixels_max)
    return refused({
      en: `the image has ${facts.width} × ${facts.height} pixels, at most ${vision.pixels_max} in all are taken`,
      zh: `图片为 ${facts.width} × ${facts.height} 像素，总数上限为 ${vision.pixels_max}`,
    })
  return yes(`data:${facts.type};base64,${bytes.toString('base64')}`)
}

type Limits = {
  readonly bytesMax: number
  readonly ports: readonly number[]
  readonly redirectsMax: number
  readonly msMax: number
}

async function fetchImage(
  { outside }: Pick<ToolDeps, 'outside'>,
  text: string,
  limits: Limits,
): Promise<Outcome<Buffer, Words>> {
  const url = URL.parse(text)
  if (!url) return no({ en: 'it is no address of the web', zh: '不是有效的网址' })
  const fetched = await fetchPage(url, { ...outside, ...limits, accept: 'image/png,image/jpeg' })
  return fetched.ok ? yes(fetched.value.bytes) : fetched
}

/** A server cannot open files on its caller's machine: who sends a path is told what to send instead. */
function fromText(source: string): Outcome<Buffer, Words> {
  const data = /^data:[^,]*;base64,/i.exec(source)
  const base64 = (data ? source.slice(data[0].length) : source).replaceAll(/\s+/g, '')
  if (base64.length > 64 && /^[A-Za-z0-9+/_-]+={0,2}$/.test(base64)) return yes(Buffer.from(base64, 'base64'))
  return no({
    en: 'send the image as a data URL (data:image/png;base64,…) or as an http(s) address; this server cannot read files of yours',
    zh: '请以 data URL（data:image/png;base64,…）或 http(s) 地址提供图片；服务器无法读取您本地的文件',
  })
}
