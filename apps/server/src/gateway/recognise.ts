import type { IncomingHttpHeaders } from 'node:http'

import type { Outline } from '@codeplan/dialect'

import type { Recognised, Tools } from '../catalog/index.ts'

export const NO_TOOL = { tool: 'unknown', rule: null } as const

/** The coding tool that a request comes from, and the rule that says so. Its body is looked into only if its headers say nothing. */
export function recogniseTool(
  tools: Tools,
  headers: IncomingHttpHeaders,
  outline: Outline,
): Recognised | typeof NO_TOOL {
  return tools.byHeaders(headers) ?? tools.byBody(outline) ?? NO_TOOL
}
