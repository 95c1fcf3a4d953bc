import { z } from 'zod'

import type { RefusedRow } from '../gateway/index.ts'
import { word, type Language } from '../platform/index.ts'

export const refusedSchema = z.object({
  id: z.string().describe('The x-request-id of the last of them'),
  at: z.string(),
  times: z.number().describe('So many of the same kind within seconds'),
  key: z.string(),
  code: z.string().describe('The business code, for example 1113'),
  message: z.string(),
  path: z.string(),
  model: z.string().nullable(),
  tool: z.object({
    name: z.string().describe('`unknown`: no rule of the catalog knows the client'),
    rule: z.string().nullable(),
    user_agent: z.string().describe('As it was sent'),
  }),
  detail: z.record(z.string(), z.unknown()).describe('Figures, and in `helps` what can be done'),
})

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
