import type { Outcome } from '@codeplan/core'

import type { ServiceId } from '../../catalog/index.ts'
import type { Refusal } from '../../platform/index.ts'
import type { Caller } from '../serve.ts'
import type { Arguments, Given } from './arguments.ts'

/** A tool that an MCP server offers. It draws on the service of its server and on no other, whatever a call says (F86). */
export interface McpTool {
  readonly name: string
  /** Names under which set-ups and models know it as well. */
  readonly otherNames?: readonly string[]
  readonly title: string
  readonly description: string
  readonly arguments: Arguments
  /** Answers the text of the result. */
  run(given: Given, caller: Caller): Promise<Outcome<string, Refusal | Said>>
}

/** A "no" that has its words already, from the gateway. */
export interface Said {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly detail?: Readonly<Record<string, unknown>>
}

export interface McpServer {
  readonly service: ServiceId
  /** What stands in the path: the published name first. */
  readonly paths: readonly string[]
  readonly name: string
  readonly instructions: string
  readonly tools: readonly McpTool[]
}
