import { BASES } from '@codeplan/contract/recipes'

import { isInTheClear } from '../host.ts'
import { keyForm, looksLikeKey } from '../key.ts'
import type { Facts } from './facts.ts'
import type { Finding } from './finding.ts'
import { refusalFindings } from './refusal-findings.ts'

/** Windows open and close by the server's clock; a person reads them off their own. */
const SKEW_MS_MAX = 120_000

/** What the facts mean. Pure: the same facts, the same findings. */
export const findingsOf = (facts: Facts, now: number): readonly Finding[] => [
  ...accountFindings(facts),
  ...facts.broken.map(({ file, line, column, why }): Finding => {
    const at = `${file}:${line}:${column}`
    return {
      id: 'broken-file',
      level: 'fault',
      says: { en: `${at}: ${why.en}`, zh: `${at}：${why.zh}` },
      cure: { en: 'mend that line: its tool cannot read it either', zh: '请修正该行：其工具同样无法读取' },
    }
  }),
  ...toolFindings(facts),
  ...facts.won.map(({ name, where, harm }): Finding => ({
    id: 'variable-wins',
    level: 'fault',
    says: { en: `${name} is set ${where.en}: ${harm.en}`, zh: `${where.zh}设置了 ${name}：${harm.zh}` },
    cure: {
      en: `take it out there, and "unset ${name}" or open a new terminal`,
      zh: `请在那里删除它，然后执行 "unset ${name}" 或打开新终端`,
    },
  })),
  ...serverFindings(facts, now),
]

function accountFindings({ account: { host, key } }: Facts): readonly Finding[] {
  if (!host || !key)
    return [
      {
        id: 'no-account',
        level: 'fault',
        says: { en: `no ${host ? 'key' : 'host'} is known`, zh: `尚不知道${host ? ' Key' : '服务器地址'}` },
        cure: {
          en: 'run "codeplan setup", or give --host and --key',
          zh: '请运行 "codeplan setup"，或指定 --host 与 --key',
        },
      },
    ]
  const findings: Finding[] = []
  if (!looksLikeKey(key))
    findings.push({
      id: 'key-form',
      level: 'fault',
      says: { en: 'the key has the wrong form', zh: 'Key 格式有误' },
      cure: keyForm,
    })
  if (isInTheClear(host))
    findings.push({
      id: 'in-the-clear',
      level: 'note',
      says: {
        en: `${host} is not encrypted: the key can be read on the way`,
        zh: `${host} 未加密：Key 可能在传输途中被读取`,
      },
      cure: { en: 'use its https address', zh: '请使用其 https 地址' },
    })
  return findings
}

function toolFindings({ tools, account }: Facts): readonly Finding[] {
  if (tools.length === 0)
    return [
      {
        id: 'no-tool',
        level: 'note',
        says: { en: 'no tool is set up for the plan in a file', zh: '没有工具通过配置文件接入套餐' },
        cure: { en: 'run "codeplan setup"', zh: '请运行 "codeplan setup"' },
      },
    ]
  return tools.map(({ tool, current: { file, baseUrl, key } }): Finding => {
    const again = { en: `run "codeplan setup --tool ${tool.id}"`, zh: `请运行 "codeplan setup --tool ${tool.id}"` }
    const wanted = account.host === undefined ? undefined : account.host + BASES[tool.base]
    const plain = (url: string): string => url.replace(/\/+$/, '')
    if (baseUrl === undefined || (wanted !== undefined && plain(baseUrl) !== wanted))
      return {
        id: 'base-url',
        level: 'fault',
        says: {
          en: `${tool.name}: ${file} has the base URL ${baseUrl ?? '(none)'}, it should be ${wanted ?? `<host>${BASES[tool.base]}`}`,
          zh: `${tool.name}：${file} 中的 Base URL 为 ${baseUrl ?? '（无）'}，应为 ${wanted ?? `<host>${BASES[tool.base]}`}`,
        },
        cure: again,
      }
    if (key === undefined || !looksLikeKey(key))
      return {
        id: 'tool-key-form',
        level: 'fault',
        says: {
          en: `${tool.name}: the key in ${file} is ${key ? 'of the wrong form' : 'missing'}`,
          zh: `${tool.name}：${file} 中的 Key ${key ? '格式有误' : '缺失'}`,
        },
        cure: again,
      }
    if (account.key !== undefined && key !== account.key)
      return {
        id: 'other-key',
        level: 'note',
        says: {
          en: `${tool.name}: ${file} has another key than the one looked at here`,
          zh: `${tool.name}：${file} 中的 Key 与此处检查的不同`,
        },
        cure: again,
      }
    return { id: 'tool', level: 'ok', says: { en: `${tool.name}: ${file}`, zh: `${tool.name}：${file}` } }
  })
}

function serverFindings({ account: { host }, standing, refusals }: Facts, now: number): readonly Finding[] {
  if (standing === undefined) return []
  if (!standing.ok) {
    const { message } = standing
    if (standing.why === 'key-refused')
      return [
        {
          id: 'key-refused',
          level: 'fault',
          says: { en: `${host} refuses the key: ${message}`, zh: `${host} 拒绝了该 Key：${message}` },
          cure: {
            en: 'look in the console whether it was revoked, or make a new one and run "codeplan setup" again',
            zh: '请在控制台查看其是否已被吊销，或新建 Key 后重新运行 "codeplan setup"',
          },
        },
      ]
    const alien = standing.why === 'no-codeplan'
    return [
      {
        id: alien ? 'no-codeplan' : 'unreachable',
        level: 'fault',
        says: alien
          ? {
              en: `${host} answers, but not as a Codeplan server (${message})`,
              zh: `${host} 有应答，但不是 Codeplan 服务器（${message}）`,
            }
          : { en: `${host} cannot be reached (${message})`, zh: `无法连接 ${host}（${message}）` },
        cure: alien
          ? { en: 'check the address; a proxy may stand in between', zh: '请检查地址；中间可能有代理' }
          : {
              en: 'check the address and the network; behind a proxy set NODE_USE_ENV_PROXY=1 beside HTTPS_PROXY (Node.js 24)',
              zh: '请检查地址与网络；使用代理时，除 HTTPS_PROXY 外还需设置 NODE_USE_ENV_PROXY=1（Node.js 24）',
            },
      },
    ]
  }
  const findings: Finding[] = []
  const { subscriptions } = standing.data
  if (subscriptions.length === 0)
    findings.push({
      id: 'no-plan',
      level: 'fault',
      says: {
        en: 'the key is good, but no plan is running: it has expired, or there never was one',
        zh: 'Key 有效，但没有生效中的套餐：已到期或从未订阅',
      },
      cure: { en: 'renew it or subscribe in the console', zh: '请在控制台续订或订阅' },
    })
  for (const one of subscriptions) {
    const full = one.windows.find(({ remaining }) => remaining <= 0)
    findings.push(
      full
        ? {
            id: 'window-full',
            level: 'fault',
            says: {
              en: `${one.name}: the window "${full.id}" is used up until ${full.resets_at}`,
              zh: `${one.name}：窗口 "${full.id}" 已用完，${full.resets_at} 重置`,
            },
            cure: {
              en: 'wait for the reset, upgrade, or let the balance pay',
              zh: '等待重置、升级套餐，或开启余额抵扣',
            },
          }
        : {
            id: 'plan',
            level: 'ok',
            says: { en: `${one.name}, until ${one.ends_at}`, zh: `${one.name}，至 ${one.ends_at}` },
          },
    )
  }
  const skew = standing.date === null ? 0 : now - Date.parse(standing.date)
  if (Math.abs(skew) > SKEW_MS_MAX) {
    const minutes = Math.round(Math.abs(skew) / 60_000)
    findings.push({
      id: 'clock',
      level: 'note',
      says: {
        en: `the clock of this machine is ${minutes} min ${skew > 0 ? 'ahead of' : 'behind'} the server's: resets come at other times than shown`,
        zh: `本机时钟比服务器${skew > 0 ? '快' : '慢'} ${minutes} 分钟：实际重置时间与显示不符`,
      },
      cure: { en: 'switch on setting the time automatically', zh: '请开启自动设置时间' },
    })
  }
  return [...findings, ...refusalFindings(refusals, now)]
}
