import type { Edit } from '../edit/change.ts'
import { BASES, MCP_SERVICES } from '../host.ts'
import { mergePlan, mcpEdits } from './json-plan.ts'
import { contextOf, type Tool, type Wish } from './tool.ts'

/**
 * Tools whose provider and key lie in their own database or in the system's key store: only they write there. The values are printed,
 * each at its place; what they keep in a file of their own (MCP services) is written.
 */
const byHand = (tool: Pick<Tool, 'id' | 'name' | 'steps'> & Partial<Pick<Tool, 'plan'>>): Tool => ({
  base: 'openai',
  scopes: ['user'],
  plan: () => [],
  start: { en: 'Restart it when that is done.', zh: '完成后请重新启动它。' },
  winners: [],
  current: () => [],
  ...tool,
})

const base = (wish: Wish): string => wish.host + BASES.openai
const context = (wish: Wish): number => contextOf(wish, [wish.main])

const openAiCompatible = (wish: Wish, open: { en: string; zh: string }) => [
  open,
  { en: 'API Provider: OpenAI Compatible', zh: 'API Provider：OpenAI Compatible' },
  { en: `Base URL: ${base(wish)}`, zh: `Base URL：${base(wish)}` },
  { en: `API Key: ${wish.key}`, zh: `API Key：${wish.key}` },
  { en: `Model ID: ${wish.main}`, zh: `Model ID：${wish.main}` },
  {
    en: `Context window: ${context(wish)}; images: off`,
    zh: `上下文窗口：${context(wish)}；图像：关闭`,
  },
]

const mcpSteps = (wish: Wish, open: { en: string; zh: string }, type: string) =>
  wish.mcp
    ? [
        open,
        ...MCP_SERVICES.map(({ name, path }) => ({
          en: `  ${name}: type ${type}, URL ${wish.host + path}, header Authorization: Bearer ${wish.key}`,
          zh: `  ${name}：类型 ${type}，URL ${wish.host + path}，请求头 Authorization: Bearer ${wish.key}`,
        })),
      ]
    : []

export const cline = byHand({
  id: 'cline',
  name: 'Cline',
  plan: ({ clineMcp }, wish) => {
    const edits = (): readonly Edit[] =>
      mcpEdits(wish, ['mcpServers'], (url, headers) => ({ type: 'streamableHttp', url, headers, disabled: false }))
    return wish.mcp ? [mergePlan(clineMcp, edits)] : []
  },
  steps: (wish) => [
    {
      en: `In the terminal: cline auth -p openai -k "$CODEPLAN_KEY" -m ${wish.main} -b ${base(wish)}`,
      zh: `在终端中：cline auth -p openai -k "$CODEPLAN_KEY" -m ${wish.main} -b ${base(wish)}`,
    },
    ...openAiCompatible(wish, {
      en: 'Or in the editor: the Cline panel, the gear, API Configuration:',
      zh: '或在编辑器中：Cline 面板，齿轮图标，API Configuration：',
    }),
  ],
})

export const roo = byHand({
  id: 'roo',
  name: 'Roo Code',
  steps: (wish) => [
    ...openAiCompatible(wish, {
      en: 'The Roo Code panel, the gear, Providers:',
      zh: 'Roo Code 面板，齿轮图标，Providers：',
    }),
    ...mcpSteps(
      wish,
      {
        en: 'MCP Servers, Edit Global MCP, under "mcpServers":',
        zh: 'MCP Servers，Edit Global MCP，在 "mcpServers" 下：',
      },
      'streamable-http',
    ),
  ],
})

export const goose = byHand({
  id: 'goose',
  name: 'Goose',
  steps: (wish) => [
    {
      en: 'Run: goose configure → Custom Providers → Add A Custom Provider (it keeps the key in the key store of the system).',
      zh: '运行：goose configure → Custom Providers → Add A Custom Provider（Key 由它保存到系统钥匙串）。',
    },
    { en: 'Type: OpenAI Compatible; name: Codeplan', zh: '类型：OpenAI Compatible；名称：Codeplan' },
    { en: `API URL: ${base(wish)}/chat/completions`, zh: `API URL：${base(wish)}/chat/completions` },
    { en: `API key: ${wish.key}`, zh: `API key：${wish.key}` },
    {
      en: `Models: ${wish.models.map(({ id }) => id).join(', ')}`,
      zh: `模型：${wish.models.map(({ id }) => id).join(', ')}`,
    },
    ...mcpSteps(
      wish,
      {
        en: 'goose configure → Add Extension → Remote Extension (Streaming HTTP):',
        zh: 'goose configure → Add Extension → Remote Extension (Streaming HTTP)：',
      },
      'streamable_http',
    ),
  ],
})

export const cherryStudio = byHand({
  id: 'cherry-studio',
  name: 'Cherry Studio',
  steps: (wish) => [
    {
      en: 'Settings → Model Provider → Add: name Codeplan, type OpenAI',
      zh: '设置 → 模型服务 → 添加：名称 Codeplan，类型 OpenAI',
    },
    { en: `API Key: ${wish.key}`, zh: `API 密钥：${wish.key}` },
    // With the slash at its end the address is taken as it is; without, it would append a version of its own.
    { en: `API Host: ${base(wish)}/ (with the slash at its end)`, zh: `API 地址：${base(wish)}/（末尾必须有斜杠）` },
    {
      en: `Manage models → Add: ${wish.models.map(({ id }) => id).join(', ')}`,
      zh: `管理模型 → 添加：${wish.models.map(({ id }) => id).join(', ')}`,
    },
    ...mcpSteps(wish, { en: 'Settings → MCP Servers → Add:', zh: '设置 → MCP 服务器 → 添加：' }, 'streamableHttp'),
  ],
})

export const cursor = byHand({
  id: 'cursor',
  name: 'Cursor',
  plan: ({ cursorMcp }, wish) =>
    wish.mcp ? [mergePlan(cursorMcp, () => mcpEdits(wish, ['mcpServers'], (url, headers) => ({ url, headers })))] : [],
  steps: (wish) => [
    { en: 'Cursor Settings → Models → API Keys:', zh: 'Cursor Settings → Models → API Keys：' },
    { en: `OpenAI API Key: ${wish.key}`, zh: `OpenAI API Key：${wish.key}` },
    { en: `Override OpenAI Base URL: ${base(wish)}`, zh: `Override OpenAI Base URL：${base(wish)}` },
    // Its own names are in lower case: upper case keeps a model of the plan from being taken for one of its own.
    {
      en: `Add Custom Model, in capitals: ${wish.models.map(({ id }) => id.toUpperCase()).join(', ')}`,
      zh: `添加自定义模型（大写）：${wish.models.map(({ id }) => id.toUpperCase()).join(', ')}`,
    },
    {
      en: 'Cursor calls the address from its own servers: it must be reachable from the internet.',
      zh: 'Cursor 从其自己的服务器发起调用：该地址必须能从公网访问。',
    },
  ],
})
