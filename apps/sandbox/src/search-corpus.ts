/** Pages that the sandbox's search engine knows: of our own words, and none of them exists. */
export interface CorpusPage {
  readonly title: string
  readonly link: string
  readonly content: string
  readonly site: string
  readonly date: string
}

const SITE = 'Codeplan sandbox'
const page = (path: string, date: string, title: string, content: string): CorpusPage => ({
  title: `[sandbox] ${title}`,
  link: `https://sandbox.example.org/${path}`,
  content,
  site: SITE,
  date,
})

export const CORPUS: readonly CorpusPage[] = [
  page(
    'typescript/strip-types',
    '2026-01-12',
    'Running TypeScript in Node.js without a build',
    'Node.js takes the types away and runs what is left. Enums and parameter properties need code of their own, so they are not understood.',
  ),
  page(
    'node/streams',
    '2025-11-03',
    'Back-pressure in Node.js streams',
    'A writer that is told to wait must wait. Pipelines do it for you; a loop that ignores the answer of write() fills the memory.',
  ),
  page(
    'postgres/locks',
    '2025-12-20',
    'Row locks in PostgreSQL',
    'Two transactions that lock the same rows in another order wait for each other. Lock in the order of ids, and keep transactions short.',
  ),
  page(
    'postgres/index',
    '2025-09-14',
    'When an index is not used',
    'A condition that wraps the column in a function cannot use a plain index. Look at the plan before and after.',
  ),
  page(
    'git/rebase',
    '2025-08-30',
    'Rebase or merge',
    'A rebase writes history anew and keeps it straight; a merge keeps what happened. Do not rebase what others have.',
  ),
  page(
    'python/async',
    '2026-01-05',
    'asyncio for people who know threads',
    'One thread, many waiting tasks. A blocking call stops all of them: hand it to an executor.',
  ),
  page(
    'react/effects',
    '2026-01-28',
    'You may not need an effect in React',
    'What can be computed while rendering needs no effect. Effects are for what lies outside of React.',
  ),
  page(
    'http/caching',
    '2025-10-10',
    'HTTP caching in a page',
    'Cache-Control says how long, ETag says whether it is still the same. no-cache means: ask before use.',
  ),
  page(
    'mcp/overview',
    '2026-02-02',
    'What the Model Context Protocol is',
    'A protocol by which assistants are given tools: a server lists them, a client calls them, both speak JSON-RPC.',
  ),
  page(
    'zh/typescript',
    '2026-01-20',
    'TypeScript 类型收窄入门',
    '通过判断语句，编译器可以知道变量在该分支中的类型。联合类型配合可辨识字段最为常用。',
  ),
  page(
    'zh/postgres',
    '2025-12-01',
    'PostgreSQL 连接池的取舍',
    '连接数并非越多越好。每个连接都占用内存，超过核心数数倍后吞吐量反而下降。',
  ),
  page(
    'zh/coding-plan',
    '2026-02-12',
    '编码套餐的额度如何计算',
    '一次提问为一个 prompt，其间的多次模型调用都计入同一个 prompt。五小时与每周两个窗口同时生效。',
  ),
]

/** Words of a question in a page; Chinese is looked for by pairs of characters. Best first, and something for every question. */
export function searchCorpus(query: string, count: number): readonly CorpusPage[] {
  const words = wordsOf(query)
  const scored = CORPUS.map((one, order) => {
    const text = `${one.title} ${one.content}`.toLowerCase()
    return { one, order, score: words.filter((word) => text.includes(word)).length }
  })
  return scored
    .toSorted((a, b) => b.score - a.score || a.order - b.order)
    .slice(0, count)
    .map(({ one }) => one)
}

function wordsOf(query: string): readonly string[] {
  const lower = query.toLowerCase()
  const latin = lower.match(/[\p{Script=Latin}\d.+#]{2,}/gu) ?? []
  const han = (lower.match(/\p{Script=Han}+/gu) ?? []).flatMap((run) =>
    Array.from({ length: Math.max(1, run.length - 1) }, (_, i) => run.slice(i, i + 2)),
  )
  return [...latin, ...han]
}
