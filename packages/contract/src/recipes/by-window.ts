import { BASES } from './addresses.ts'
import { contextOf, type Field, type Ingredients, type Recipe, type Text } from './recipe.ts'

/** Tools whose provider and key lie in their own database or in the system's key store: only their own window writes there. */
const both = (text: string): Text => ({ en: text, zh: text })
const field = (label: string | Text, value: string): Field => ({
  label: typeof label === 'string' ? both(label) : label,
  value,
})
const idsOf = ({ models }: Ingredients): string => models.map(({ id }) => id).join(', ')

const openAiCompatible = (from: Ingredients): readonly Field[] => [
  field('API Provider', 'OpenAI Compatible'),
  field('Base URL', from.host + BASES.openai),
  field('API Key', from.key),
  field('Model ID', from.main),
  field('Context Window Size', String(contextOf(from, [from.main]))),
  field({ en: 'Images', zh: '图像' }, 'off'),
]

export const cline: Recipe = {
  id: 'cline',
  name: 'Cline',
  base: 'openai',
  files: [],
  terminal: (from) => [`cline auth -p openai -k ${from.key} -m ${from.main} -b ${from.host + BASES.openai}`],
  form: {
    where: {
      en: 'In the editor: the Cline panel → the gear → API Configuration',
      zh: '在编辑器中：Cline 面板 → 齿轮图标 → API Configuration',
    },
    fields: openAiCompatible,
  },
  services: {
    file: '~/.cline/data/settings/cline_mcp_settings.json',
    format: 'json',
    at: ['mcpServers'],
    shape: (url, headers) => ({ type: 'streamableHttp', url, headers, disabled: false }),
  },
}

export const roo: Recipe = {
  id: 'roo',
  name: 'Roo Code',
  base: 'openai',
  files: [],
  form: {
    where: { en: 'The Roo Code panel → the gear → Providers', zh: 'Roo Code 面板 → 齿轮图标 → Providers' },
    fields: openAiCompatible,
  },
  services: {
    where: {
      en: 'MCP Servers → Edit Global MCP, under "mcpServers"',
      zh: 'MCP Servers → Edit Global MCP，在 "mcpServers" 下',
    },
    type: 'streamable-http',
  },
}

export const goose: Recipe = {
  id: 'goose',
  name: 'Goose',
  base: 'openai',
  files: [],
  terminal: (from) => [
    'export GOOSE_PROVIDER=openai',
    `export OPENAI_HOST=${from.host}`,
    `export OPENAI_BASE_PATH=${BASES.openai.slice(1)}/chat/completions`,
    `export OPENAI_API_KEY=${from.key}`,
    `export GOOSE_MODEL=${from.main}`,
  ],
  form: {
    where: {
      en: 'goose configure → Custom Providers → Add A Custom Provider',
      zh: 'goose configure → Custom Providers → Add A Custom Provider',
    },
    fields: (from) => [
      field({ en: 'Type', zh: '类型' }, 'OpenAI Compatible'),
      field({ en: 'Name', zh: '名称' }, from.provider),
      field('API URL', `${from.host + BASES.openai}/chat/completions`),
      field('API key', from.key),
      field({ en: 'Models', zh: '模型' }, idsOf(from)),
    ],
  },
  services: {
    where: both('goose configure → Add Extension → Remote Extension (Streaming HTTP)'),
    type: 'streamable_http',
  },
}

export const cherryStudio: Recipe = {
  id: 'cherry-studio',
  name: 'Cherry Studio',
  base: 'openai',
  files: [],
  form: {
    where: { en: 'Settings → Model Provider → Add', zh: '设置 → 模型服务 → 添加' },
    fields: (from) => [
      field({ en: 'Name', zh: '名称' }, from.provider),
      field({ en: 'Type', zh: '类型' }, 'OpenAI'),
      field({ en: 'API Key', zh: 'API 密钥' }, from.key),
      // With the slash at its end the address is taken as it is; without, it would append a version of its own.
      field({ en: 'API Host', zh: 'API 地址' }, `${from.host + BASES.openai}/`),
      field({ en: 'Models', zh: '模型' }, idsOf(from)),
    ],
  },
  services: { where: { en: 'Settings → MCP Servers → Add', zh: '设置 → MCP 服务器 → 添加' }, type: 'streamableHttp' },
}

export const cursor: Recipe = {
  id: 'cursor',
  name: 'Cursor',
  base: 'openai',
  files: [],
  form: {
    where: both('Cursor Settings → Models → API Keys'),
    fields: (from) => [
      field('OpenAI API Key', from.key),
      field('Override OpenAI Base URL', from.host + BASES.openai),
      // Its own names are in lower case: upper case keeps a model of the plan from being taken for one of its own.
      field('Add Custom Model', idsOf(from).toUpperCase()),
    ],
  },
  services: {
    file: '~/.cursor/mcp.json',
    format: 'json',
    at: ['mcpServers'],
    shape: (url, headers) => ({ url, headers }),
  },
}
