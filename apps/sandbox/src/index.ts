export type { CallRecord } from './call-log.ts'
export type { FaultScript } from './engine.ts'
export { type Conversation, runTool, type ToolOptions, type ToolRun } from './tool.ts'
export { type SandboxUpstream, startUpstream, type UpstreamOptions } from './upstream.ts'
