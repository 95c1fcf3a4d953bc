import { anthropicError, cleanError, openaiError, responsesError } from '@codeplan/dialect'

import { word, type Refusal } from '../../apps/server/src/platform/index.ts'
import { EXAMPLES, VARIANTS } from './examples.ts'

/** What happened and what to do, English and Chinese, for each business code. */
const STORIES: Readonly<Record<string, readonly [string, string, string, string]>> = {
  '401': [
    'The key is unknown, was revoked, or its signed form is too old.',
    'Copy the key again, or make a new one.',
    '该密钥不存在、已被吊销，或其签名形式已过期。',
    '重新复制密钥，或新建一个。',
  ],
  '1001': [
    'The request carries no API key.',
    'Send it as `Authorization: Bearer <key>` or `x-api-key: <key>`.',
    '请求中没有 API Key。',
    '以 `Authorization: Bearer <key>` 或 `x-api-key: <key>` 发送。',
  ],
  '1113': [
    'Nothing pays for this call: there is no plan, or the plan does not serve this client. Plan quota is drawn only from supported coding tools, through the base URLs of the plan.',
    'Use a supported tool with `/api/anthropic`, `/api/coding/paas/v4` or `/api/v1`; for scripts use the pay-as-you-go base `/api/paas/v4` and a balance. `GET /api/usage/v1/refusals` tells what was seen of your client.',
    '没有可支付本次调用的额度：没有套餐，或套餐不服务于该客户端。套餐额度只能在受支持的编码工具中、通过套餐地址使用。',
    '在受支持的工具中使用 `/api/anthropic`、`/api/coding/paas/v4` 或 `/api/v1`；脚本请使用按量付费地址 `/api/paas/v4` 并充值。`GET /api/usage/v1/refusals` 可查看服务端识别到的客户端信息。',
  ],
  '1210': [
    'The request cannot be read, is too large, or the model refused it for a reason that its sentence names.',
    'Mend the request; compact the conversation if it is too large.',
    '请求无法读取、过大，或被模型以文中所述原因拒绝。',
    '修正请求；过大时请压缩对话。',
  ],
  '1211': [
    'There is no model of this name.',
    'Choose one of `GET <base>/models`.',
    '没有该名称的模型。',
    '从 `GET <base>/models` 中选择。',
  ],
  '1212': [
    'The model cannot do what the address is for: embeddings and conversations have models of their own.',
    'Choose one of `detail.models`, or the address that fits the model.',
    '该模型不支持此地址的调用方式：向量与对话使用不同的模型。',
    '从 `detail.models` 中选择，或改用与模型相符的地址。',
  ],
  '1213': [
    'A field that every request needs is missing.',
    'Add the field named in `detail.field`.',
    '缺少必填字段。',
    '补充 `detail.field` 所指的字段。',
  ],
  '1214': [
    'A field has a wrong value, or names something that is not kept.',
    'Mend the field named in `detail.field`.',
    '字段取值错误，或所指内容未被保留。',
    '修正 `detail.field` 所指的字段。',
  ],
  '1220': [
    'The key may be used from certain addresses only, and this is none of them.',
    'Use it from an allowed address, or make another key.',
    '该密钥只能从指定地址使用，而本次地址不在其中。',
    '从允许的地址使用，或新建密钥。',
  ],
  '1222': [
    'The base URL is right, what follows it is not; or the method is another.',
    'Take the base URL of `detail.base_urls` and let the tool add the rest.',
    '地址的后半部分或请求方法不正确。',
    '使用 `detail.base_urls` 中的地址，其余由工具自动补全。',
  ],
  '1234': [
    'The model or this server could not answer for the moment. Nothing was counted.',
    'Try again; tools do so by themselves.',
    '模型或服务端暂时无法应答，本次未计量。',
    '请重试；工具会自动重试。',
  ],
  '1261': [
    'The conversation is longer than the model can read.',
    'Compact it or begin a new one.',
    '对话超出模型可读取的长度。',
    '压缩对话或开始新的对话。',
  ],
  '1302': [
    'Too much at the same time: calls of the plan, or wrong keys from one address.',
    'Wait as long as `retry-after` says; use fewer calls in parallel.',
    '同时的请求过多：套餐并发已满，或同一地址发送了过多错误密钥。',
    '按 `retry-after` 等待；减少并发。',
  ],
  '1305': [
    'Everybody wants this model right now.',
    'Wait as long as `retry-after` says, or take another model.',
    '该模型当前访问量过大。',
    '按 `retry-after` 等待，或换用其他模型。',
  ],
  '1308': [
    'The short window of the plan is used up.',
    'Wait until `detail.resets_at`, or take a larger plan.',
    '套餐的短周期额度已用完。',
    '等到 `detail.resets_at`，或升级套餐。',
  ],
  '1309': [
    'There is no running plan: it has expired, or there never was one and this base serves plans only.',
    'Renew or subscribe; without a plan use `/api/paas/v4` with a balance.',
    '没有生效中的套餐：已到期，或从未订阅而此地址仅供套餐使用。',
    '续订或订阅；无套餐时请使用 `/api/paas/v4` 并充值。',
  ],
  '1310': [
    'The long window of the plan (a week or more) is used up.',
    'Wait until `detail.resets_at`, or take a larger plan.',
    '套餐的长周期（一周及以上）额度已用完。',
    '等到 `detail.resets_at`，或升级套餐。',
  ],
  '1311': [
    'The plan does not have this model.',
    'Take one of `detail.models`, or a larger plan.',
    '套餐不含该模型。',
    '使用 `detail.models` 中的模型，或升级套餐。',
  ],
  '1313': [
    'The account is suspended.',
    'Follow the sentence in the message to appeal.',
    '账户已被暂停。',
    '按提示信息申诉。',
  ],
}

const OVER: readonly [string, string, string, string] = [
  'The window of the plan is used up, and the balance that may go on in its stead has ended, or its monthly cap has.',
  'Wait until `detail.resets_at`, top up, or raise the cap.',
  '套餐周期额度已用完，可接续支付的余额或其每月上限也已用尽。',
  '等到 `detail.resets_at`，或充值、提高上限。',
]
const ZONE = 'Asia/Shanghai'
const REQUEST_ID = '2026030209000012ab34cd56ef7890'

/** The page of each code, by its file name. */
export function writePages(): ReadonlyMap<string, string> {
  const byCode = Map.groupBy([...Object.values(EXAMPLES), ...VARIANTS], (refusal: Refusal) => word(refusal, ZONE).code)
  return new Map([...byCode].map(([code, refusals]) => [`${code}.md`, page(code, refusals)]))
}

function page(code: string, refusals: readonly Refusal[]): string {
  const story = STORIES[code] ?? (/^131[6-9]$/.test(code) ? OVER : undefined)
  if (!story) throw new Error(`tell what ${code} means`)
  const [happened, todo, happenedZh, todoZh] = story
  return [
    `# ${code}`,
    `**What happened.** ${happened}\n\n**What to do.** ${todo}`,
    `**原因。** ${happenedZh}\n\n**处理办法。** ${todoZh}`,
    'All codes: [English](../en/errors.md), [中文](../zh/errors.md); how they are built: [errors.md](../errors.md). Written by `npm run docs:errors`.',
    ...refusals.map(shapes),
    '',
  ].join('\n\n')
}

function shapes(refusal: Refusal): string {
  const { text, ...words } = word(refusal, ZONE)
  const error = { ...words, message: text.en, requestId: REQUEST_ID }
  const isFinal = words.retryAfterSec === undefined
  const headers = isFinal ? '`x-should-retry: false`' : `\`retry-after: ${words.retryAfterSec}\``
  const responses = responsesError(error, text.en)
  const clean = cleanError('openai', error)
  return [
    `## \`${refusal.code}\`: HTTP ${words.status}, ${headers}`,
    `zh: ${text.zh}`,
    '```json',
    `// Anthropic Messages\n${anthropicError(error)}`,
    `// Chat Completions\n${openaiError(error)}`,
    ...(isFinal ? [`// Chat Completions, to a tool that repeats every 429: HTTP ${clean.status}\n${clean.body}`] : []),
    `// Responses: HTTP ${responses.status}\n${responses.body}`,
    '```',
  ].join('\n')
}
