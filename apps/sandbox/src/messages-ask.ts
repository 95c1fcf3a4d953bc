import type { Ask, OfferedTool, SeenImage, ToolChoice, Turn } from './ask.ts'
import { base64Bytes } from './ask.ts'
import type { JsonObject } from './json.ts'
import { isObject, listOf, objectOf, textOf } from './json.ts'

/** Reads an Anthropic Messages request. */
export function readMessagesAsk(body: JsonObject): Ask {
  const system = body.system === undefined ? [] : readTurns({ role: 'system', content: body.system })
  const format = objectOf(objectOf(body.output_config).format)
  return {
    dialect: 'anthropic',
    model: textOf(body.model),
    stream: body.stream === true,
    wantsUsage: true,
    thinks: objectOf(body.thinking).type !== 'disabled',
    maxTokens: Number(body.max_tokens ?? Number.POSITIVE_INFINITY),
    turns: [...system, ...listOf(body.messages).flatMap((message) => readTurns(objectOf(message)))],
    tools: listOf(body.tools).map((tool) => readTool(objectOf(tool))),
    toolChoice: readChoice(objectOf(body.tool_choice)),
    format: isObject(format.schema) ? format.schema : undefined,
  }
}

/** A user message that holds tool results says two things: the results, and what stands beside them. */
function readTurns(message: JsonObject): Turn[] {
  const role = message.role === 'assistant' || message.role === 'user' ? message.role : 'system'
  if (typeof message.content === 'string') return [turn(role, [{ type: 'text', text: message.content }])]
  const blocks = listOf(message.content).map(objectOf)
  const results = blocks.filter((block) => block.type === 'tool_result')
  if (results.length === 0) return [turn(role, blocks)]
  const beside = blocks.filter((block) => block.type !== 'tool_result')
  const inside = results.flatMap((result) =>
    typeof result.content === 'string'
      ? [{ type: 'text', text: result.content }]
      : listOf(result.content).map(objectOf),
  )
  const told = turn('tool', inside, results.at(-1)?.is_error === true)
  return beside.length === 0 ? [told] : [told, turn(role, beside)]
}

function turn(role: Turn['role'], blocks: readonly JsonObject[], failed = false): Turn {
  const texts: string[] = []
  const images: SeenImage[] = []
  const calls: string[] = []
  const counted: string[] = []
  for (const block of blocks) {
    if (block.type === 'text') texts.push(textOf(block.text))
    if (block.type === 'image') images.push(readImage(objectOf(block.source)))
    if (block.type === 'tool_use') calls.push(textOf(block.id))
    if (block.type === 'tool_use') counted.push(textOf(block.name) + JSON.stringify(block.input ?? {}))
    else counted.push(textOf(block.thinking) || textOf(block.text))
  }
  return { role, texts, images, calls, failed, counted: counted.join('\n') }
}

function readImage(source: JsonObject): SeenImage {
  if (source.type !== 'base64') return { mediaType: 'url', bytes: 0 }
  return { mediaType: textOf(source.media_type), bytes: base64Bytes(textOf(source.data)) }
}

function readTool(tool: JsonObject): OfferedTool {
  return {
    name: textOf(tool.name),
    type: textOf(tool.type) || 'custom',
    description: textOf(tool.description),
    schema: objectOf(tool.input_schema),
  }
}

function readChoice(choice: JsonObject): ToolChoice {
  if (choice.type === 'none') return 'none'
  if (choice.type === 'any') return 'required'
  return choice.type === 'tool' ? { name: textOf(choice.name) } : 'auto'
}
