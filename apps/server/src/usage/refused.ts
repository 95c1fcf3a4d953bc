import type { RefusedRow } from '../gateway/index.ts'
import { word, type Language } from '../platform/index.ts'

/** A refusal that was kept, worded again for whoever asks. */
export function refusedOf({ id, at, times, key_id, told }: RefusedRow, zone: string, language: Language) {
  const { code, text, detail } = word(told.refusal, zone)
  return {
    id,
    at: new Date(at).toISOString(),
    times,
    key: key_id,
    code,
    message: text[language],
    path: told.path,
    model: told.model,
    tool: { name: told.tool, rule: told.toolRule, user_agent: told.userAgent },
    detail: { ...detail },
  }
}
