import { gfm } from '@joplin/turndown-plugin-gfm'
import Turndown from 'turndown'

import type { PageElement, PageNode } from './page-dom.ts'

/** A part of a page as Markdown. */
export function toMarkdown(part: PageElement, withGfm: boolean): string {
  const turndown = new Turndown({
    headingStyle: 'atx',
    hr: '---',
    bulletListMarker: '-',
    codeBlockStyle: 'fenced',
    emDelimiter: '*',
  })
  turndown.remove(['script', 'style', 'noscript', 'template', 'button'])
  if (withGfm) turndown.use(gfm)
  // Also without a <code> inside, and with the language wherever highlighters put it.
  turndown.addRule('pre', {
    filter: 'pre',
    replacement: (_, node) => fenced(node as unknown as PageElement),
  })
  turndown.addRule('item', {
    filter: 'li',
    replacement: (content, node) => item(content, node as unknown as PageElement),
  })
  turndown.addRule('highlight', {
    filter: (node) => node.nodeName === 'DIV' && /\bhighlight-(source|text)-/.test(node.className),
    replacement: (content) => content,
  })
  turndown.addRule('empty link', {
    filter: (node) => node.nodeName === 'A' && !node.getAttribute('href'),
    replacement: (content) => content,
  })
  return (
    turndown
      // As text: its own parser knows the rows of a table, ours does not.
      .turndown(part.innerHTML)
      .split(/^(`{3,}[\s\S]*?^`{3,}$)/m)
      .map((text) => (text.startsWith('```') ? text : text.replaceAll(PADDING, '')))
      .join('')
      .replaceAll(/\n{3,}/g, '\n\n')
      .trim()
  )
}

/** What fills the cells of a table up, and lines with nothing on them. */
const PADDING = /(?<=^\|.*) +(?= \|)|^[ \t]+$/gm

function fenced(pre: PageElement): string {
  const code = (pre.textContent ?? '').replace(/^\n/, '').trimEnd()
  if (code === '') return ''
  const classes = [pre, pre.querySelector('code'), pre.parentElement]
    .map((element) => element?.getAttribute('class') ?? '')
    .join(' ')
  const language = /(?:lang|language|highlight-source|brush:)[-\s]([\w+#-]+)/.exec(classes)?.[1] ?? ''
  const ticks = /`{3,}/.exec(code) ? '````' : '```'
  return `\n\n${ticks}${language}\n${code}\n${ticks}\n\n`
}

/** Markers of one space: a model reads each further one as well. */
function item(content: string, node: PageElement): string {
  const list = node.parentElement
  const place = [...(list?.childNodes ?? [])].filter(({ nodeName }) => nodeName === 'LI').indexOf(node)
  const marker = list?.nodeName === 'OL' ? `${Number(list.getAttribute('start') ?? 1) + place}. ` : '- '
  const text = content
    .trim()
    .replace(/^☑ ?/, '[x] ')
    .replace(/^☐ ?/, '[ ] ')
    .replaceAll(/\n(?=[^\n])/g, `\n${' '.repeat(marker.length)}`)
  return `${marker}${text}\n`
}

const BLOCKS = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE DD DETAILS DIV DL DT FIGCAPTION FIGURE H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN OL P PRE SECTION TABLE TR UL'.split(
    ' ',
  ),
)
const SILENT = new Set(['SCRIPT', 'STYLE', 'NOSCRIPT', 'TEMPLATE', 'BUTTON'])

/** The same part as text: a line a block, a tab between the cells of a table. */
export function blockText(part: PageElement): string {
  const pieces: string[] = []
  const walk = (node: PageNode, isPre: boolean): void => {
    if (node.nodeType === 3) {
      const text = node.textContent ?? ''
      // Where something was left out, one of the spaces around it is too many.
      const flowing = text.replaceAll(/\s+/g, ' ').replace(pieces.at(-1)?.endsWith(' ') ? /^ / : /^$/, '')
      return void pieces.push(isPre ? text : flowing)
    }
    if (node.nodeType !== 1 || SILENT.has(node.nodeName)) return
    const { nodeName } = node
    if (nodeName === 'BR') pieces.push('\n')
    const isBlock = BLOCKS.has(nodeName)
    if (isBlock) pieces.push('\n')
    for (const child of node.childNodes) walk(child, isPre || nodeName === 'PRE')
    if (nodeName === 'TD' || nodeName === 'TH') pieces.push('\t')
    if (isBlock) pieces.push('\n')
  }
  walk(part, false)
  return pieces
    .join('')
    .replaceAll(/[ \t]+\n/g, '\n')
    .replaceAll(/\n /g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
