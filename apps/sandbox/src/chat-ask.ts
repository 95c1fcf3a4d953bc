import type { Ask, OfferedTool, SeenImage, ToolChoice, Turn } from './ask.ts'
import { imageAt } from './ask.ts'
import type { JsonObject } from './json.ts'
import { isObject, listOf, objectOf, textOf } from './json.ts'

/** Reads an OpenAI Chat Completions request. */
export function readChatAsk(body: JsonObject): Ask {
  return {
    dialect: 'openai',
    model: textOf(body.model),
    stream: body.stream === true,
    wantsUsage: objectOf(body.stream_options).include_usage === true,
    thinks: thinks(body),
    maxTokens: Number(body.max_completion_tokens ?? body.max_tokens ?? Number.POSITIVE_INFINITY),
    turns: listOf(body.messages).map((message) => readTurn(objectOf(message))),
    tools: listOf(body.tools).map((tool) => readTool(objectOf(tool))),
    toolChoice: readChoice(body.tool_choice),
    format: readFormat(objectOf(body.response_format)),
  }
}

function thinks(body: JsonObject): boolean {
  const switches = [body.enable_thinking, objectOf(body.chat_template_kwargs).enable_thinking]
  return objectOf(body.thinking).type !== 'disabled' && body.reasoning_effort !== 'none' && !switches.includes(false)
}

function readTurn(message: JsonObject): Turn {
  const texts: string[] = typeof message.content === 'string' ? [message.content] : []
  const images: SeenImage[] = []
  for (const part of listOf(message.content).map(objectOf)) {
    if (part.type === 'text') texts.push(textOf(part.text))
    if (part.type === 'image_url') images.push(imageAt(textOf(objectOf(part.image_url).url)))
  }
  const calls = listOf(message.tool_calls).map(objectOf)
  const spoken = calls.map((call) => JSON.stringify(call.function))
  return {
    role: readRole(message.role),
    texts,
    images,
    calls: calls.map((call) => textOf(call.id)),
    failed: false,
    counted: [textOf(message.reasoning_content), ...texts, ...spoken].join('\n'),
  }
}

function readRole(role: unknown): Turn['role'] {
  if (role === 'user' || role === 'assistant' || role === 'tool') return role
  return 'system'
}

function readTool(tool: JsonObject): OfferedTool {
  const described = objectOf(tool.function)
  return {
    name: textOf(described.name),
    type: 'function',
    description: textOf(described.description),
    schema: objectOf(described.parameters),
  }
}

function readChoice(choice: unknown): ToolChoice {
  if (choice === 'none' || choice === 'required') return choice
  const name = textOf(objectOf(objectOf(choice).function).name)
  return name ? { name } : 'auto'
}

function readFormat(format: JsonObject): JsonObject | undefined {
  if (format.type === 'json_object') return {}
  if (format.type !== 'json_schema') return undefined
  const schema = objectOf(format.json_schema).schema
  return isObject(schema) ? schema : {}
}
