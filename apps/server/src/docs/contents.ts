import type { Language } from '../platform/index.ts'

/** A page in its file `docs/<language>/<slug>.md`; a title and its first paragraph stand in the file. */
export interface Section {
  readonly title: Readonly<Record<Language, string>>
  readonly slugs: readonly string[]
}

/** The order in which the documentation is read. Every page is in it, in both languages (a test looks). */
export const SECTIONS: readonly Section[] = [
  { title: { en: 'Begin', zh: '开始' }, slugs: ['overview', 'quick-start', 'faq'] },
  {
    title: { en: 'Coding tools', zh: '编码工具' },
    slugs: [
      'claude-code',
      'opencode',
      'codex',
      'qwen-code',
      'cherry-studio',
      'cline',
      'kilo-roo',
      'cursor',
      'crush',
      'goose',
      'droid',
      'other-tools',
    ],
  },
  { title: { en: 'MCP services', zh: 'MCP 服务' }, slugs: ['web-search', 'web-reader', 'vision'] },
  {
    title: { en: 'Plan and usage', zh: '套餐与用量' },
    slugs: ['counting', 'usage', 'subscription', 'limited-sale', 'balance', 'teams'],
  },
  { title: { en: 'Reference', zh: '参考' }, slugs: ['errors', 'api'] },
  {
    title: { en: 'For operators', zh: '面向运营方' },
    slugs: ['install', 'configure', 'upstreams', 'payments', 'backup', 'scale', 'incidents'],
  },
]

/** Texts for whoever runs or changes the server, in English only: files `docs/<slug>.md`, served as `/docs/<slug>`. */
export const IN_DEPTH: Section = {
  title: { en: 'In depth', zh: '深入了解（英文）' },
  slugs: [
    'operating',
    'metering',
    'sessions',
    'buying',
    'payments',
    'errors',
    'codex',
    'helper',
    'services',
    'glossary',
  ],
}

export const SLUGS: readonly string[] = SECTIONS.flatMap((section) => section.slugs)
export const LANGUAGES: readonly Language[] = ['en', 'zh']
