import type { RefusedShown } from '@codeplan/contract'

import type { Text } from '../world.ts'
import type { Finding } from './finding.ts'

const REFUSALS_SINCE_MS = 24 * 3_600_000

/** The last of each kind: what was refused says why better than anything that could be guessed. */
export function refusalFindings(refusals: readonly RefusedShown[], now: number): readonly Finding[] {
  const recent = refusals.filter(({ at }) => now - Date.parse(at) < REFUSALS_SINCE_MS)
  const last = new Map<string, { readonly one: RefusedShown; readonly times: number }>()
  for (const one of recent) {
    const kind = `${one.code} ${one.tool.name}`
    const known = last.get(kind)
    last.set(kind, { one: known && known.one.at > one.at ? known.one : one, times: (known?.times ?? 0) + one.times })
  }
  return [...last.values()].map(({ one, times }): Finding => {
    const helps = Array.isArray(one.detail['helps']) ? one.detail['helps'].map(String) : []
    const cures = helps.flatMap((step) => CURES[step] ?? [])
    const who = one.tool.name === 'unknown' ? one.tool.user_agent || one.tool.name : one.tool.name
    return {
      id: `refused-${one.code}`,
      level: 'note',
      says: {
        en: `refused ${times} time(s) in 24 h, last ${one.at}: ${who} at ${one.path}: [${one.code}] ${one.message}`,
        zh: `24 小时内被拒 ${times} 次，最近 ${one.at}：${who}，${one.path}：[${one.code}] ${one.message}`,
      },
      ...(cures.length > 0
        ? { cure: { en: cures.map(({ en }) => en).join('; or '), zh: cures.map(({ zh }) => zh).join('；或') } }
        : {}),
    }
  })
}

/** The steps that the server names, in words. */
const CURES: Readonly<Record<string, Text>> = {
  send_key: { en: 'give the tool its key', zh: '为工具填写 Key' },
  check_key: { en: 'check the key', zh: '检查 Key' },
  appeal: { en: 'write to the operator', zh: '向运营方申诉' },
  use_allowed_address: { en: 'call from an address that the key allows', zh: '从该 Key 允许的地址调用' },
  use_base_url: { en: 'set the right base URL: codeplan setup', zh: '设置正确的 Base URL：codeplan setup' },
  use_supported_tool: { en: 'use a tool that the plan serves', zh: '使用套餐支持的工具' },
  mend_request: { en: 'mend the request', zh: '修正请求' },
  shorten_prompt: { en: 'shorten the conversation (/compact)', zh: '压缩对话（/compact）' },
  choose_model: { en: 'choose a model of the plan', zh: '选择套餐包含的模型' },
  subscribe: { en: 'subscribe', zh: '订阅套餐' },
  renew: { en: 'renew the plan', zh: '续费套餐' },
  upgrade: { en: 'upgrade', zh: '升级套餐' },
  top_up: { en: 'top up the balance', zh: '充值' },
  wait_for_reset: { en: 'wait for the reset', zh: '等待重置' },
  retry: { en: 'try again', zh: '重试' },
  fewer_calls: { en: 'make fewer calls at once', zh: '减少并发调用' },
  send_conversation: { en: 'begin the conversation anew', zh: '重新开始对话' },
}
