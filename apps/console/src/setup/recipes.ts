/** What a configuration is made of. */
export interface Ingredients {
  /** Without a slash at its end. */
  readonly host: string
  readonly key: string
  readonly model: string
  /** The strongest model, for tools that have a place for it, and the quick one. */
  readonly strong: string
  readonly quick: string
  readonly contextTokens: number
  readonly operator: string
}

/** Fields of a form, in the order in which the tool asks for them; the names are words of `setupWords.field`. */
export type FieldName = 'provider' | 'baseUrl' | 'apiKey' | 'modelId'
export type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'terminal'; readonly text: string }
  | { readonly kind: 'fields'; readonly fields: readonly (readonly [name: FieldName, value: string])[] }

export interface Recipe {
  readonly id: string
  readonly name: string
  readonly steps: (from: Ingredients) => readonly Step[]
}

const PLAN = '/api/coding/paas/v4'
const json = (value: unknown): string => JSON.stringify(value, null, 2)
const file = (name: string, text: string): Step => ({ kind: 'file', name, text })
const fields = (provider: string, { host, key, model }: Ingredients, path = PLAN): Step => ({
  kind: 'fields',
  fields: [
    ['provider', provider],
    ['baseUrl', host + path],
    ['apiKey', key],
    ['modelId', model],
  ],
})

/** OpenCode, and Kilo, which is made of it: the same file under another name. */
const openCode = (
  { host, key, model, quick, contextTokens, operator }: Ingredients,
  schema: string | undefined,
): string =>
  json({
    ...(schema ? { $schema: schema } : {}),
    model: `codeplan/${model}`,
    small_model: `codeplan/${quick}`,
    provider: {
      codeplan: {
        npm: '@ai-sdk/openai-compatible',
        name: operator,
        options: { baseURL: host + PLAN, apiKey: key },
        models: {
          [model]: {
            name: model,
            reasoning: true,
            tool_call: true,
            limit: { context: contextTokens, output: 131_072 },
          },
          [quick]: { name: quick, tool_call: true, limit: { context: 131_072, output: 98_304 } },
        },
      },
    },
  })

/** How each tool is told of the plan. Tools are called as the catalog calls them. */
export const RECIPES: readonly Recipe[] = [
  {
    id: 'claude-code',
    name: 'Claude Code',
    steps: ({ host, key, model, strong, quick }) => [
      file(
        '~/.claude/settings.json',
        json({
          env: {
            ANTHROPIC_AUTH_TOKEN: key,
            ANTHROPIC_BASE_URL: `${host}/api/anthropic`,
            API_TIMEOUT_MS: '3000000',
            CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: 1,
            ANTHROPIC_DEFAULT_OPUS_MODEL: strong,
            ANTHROPIC_DEFAULT_SONNET_MODEL: model,
            ANTHROPIC_DEFAULT_HAIKU_MODEL: quick,
          },
        }),
      ),
    ],
  },
  { id: 'cherry-studio', name: 'Cherry Studio', steps: (from) => [fields('OpenAI', from, `${PLAN}/`)] },
  {
    id: 'opencode',
    name: 'OpenCode',
    steps: (from) => [file('~/.config/opencode/opencode.json', openCode(from, 'https://opencode.ai/config.json'))],
  },
  { id: 'cline', name: 'Cline', steps: (from) => [fields('OpenAI Compatible', from)] },
  {
    id: 'codex',
    name: 'Codex',
    steps: ({ host, key, model, operator }) => [
      file(
        '~/.codex/config.toml',
        [
          `model = "${model}"`,
          'model_provider = "codeplan"',
          '',
          '[model_providers.codeplan]',
          `name = "${operator}"`,
          `base_url = "${host}/api/v1"`,
          'env_key = "CODEPLAN_KEY"',
          'wire_api = "responses"',
        ].join('\n'),
      ),
      { kind: 'terminal', text: `export CODEPLAN_KEY=${key}` },
    ],
  },
  {
    id: 'qwen-code',
    name: 'Qwen Code',
    steps: ({ host, key, model }) => [
      {
        kind: 'terminal',
        text: [
          `export OPENAI_API_KEY=${key}`,
          `export OPENAI_BASE_URL=${host}${PLAN}`,
          `export OPENAI_MODEL=${model}`,
        ].join('\n'),
      },
      file('~/.qwen/settings.json', json({ security: { auth: { selectedType: 'openai' } } })),
    ],
  },
  {
    id: 'crush',
    name: 'Crush',
    steps: ({ host, key, model, contextTokens, operator }) => [
      file(
        'crush.json',
        json({
          $schema: 'https://charm.land/crush.json',
          providers: {
            codeplan: {
              type: 'openai-compat',
              name: operator,
              base_url: host + PLAN,
              api_key: key,
              models: [{ id: model, name: model, context_window: contextTokens, default_max_tokens: 32_000 }],
            },
          },
        }),
      ),
    ],
  },
  { id: 'kilo', name: 'Kilo Code', steps: (from) => [file('kilo.json', openCode(from, undefined))] },
  { id: 'roo', name: 'Roo Code', steps: (from) => [fields('OpenAI Compatible', from)] },
  {
    id: 'goose',
    name: 'Goose',
    steps: ({ host, key, model }) => [
      {
        kind: 'terminal',
        text: [
          'export GOOSE_PROVIDER=openai',
          `export OPENAI_HOST=${host}`,
          `export OPENAI_BASE_PATH=${PLAN.slice(1)}/chat/completions`,
          `export OPENAI_API_KEY=${key}`,
          `export GOOSE_MODEL=${model}`,
        ].join('\n'),
      },
    ],
  },
  { id: 'cursor', name: 'Cursor', steps: (from) => [fields('OpenAI', from)] },
  {
    id: 'droid',
    name: 'Droid',
    steps: ({ host, key, model, operator }) => [
      file(
        '~/.factory/config.json',
        json({
          custom_models: [
            {
              model_display_name: `${model} (${operator})`,
              model,
              base_url: host + PLAN,
              api_key: key,
              provider: 'generic-chat-completion-api',
              max_tokens: 32_000,
            },
          ],
        }),
      ),
    ],
  },
]

/** The command of the subscriber that does all of this; the key goes in by hand, not into the history of a shell. */
export const helperCommand = (tool: string, host: string): string => `npx codeplan setup --tool ${tool} --host ${host}`
