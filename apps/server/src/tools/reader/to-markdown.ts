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
  turndown.addRule('empty link', {
    filter: (node) => node.nodeName === 'A' && !node.getAttribute('href'),
    replacement: (content) => content,
  })
  return turndown
    .turndown(part as unknown as Turndown.Node)
    .replaceAll(/^[ \t]+$/gm, '')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}

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
      pieces.push(isPre ? text : text.replaceAll(/\s+/g, ' '))
      return
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
