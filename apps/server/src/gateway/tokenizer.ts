/** What is counted exactly; the rest is estimated, so that no body can hold the process up. */
const EXACT_CHARS_MAX = 400_000
/** Unbroken runs cost quadratic time (100 KB of one letter: seconds). Cut, they cost milliseconds and count the same. */
const RUN_CHARS_MAX = 128
const LONG_RUN = new RegExp(`\\S{${RUN_CHARS_MAX}}|\\s{${RUN_CHARS_MAX}}`, 'g')
/** What an image costs where nobody has looked at its pixels. */
const IMAGE_TOKENS = 1_500
const MESSAGE_TOKENS = 4
const CHARS_PER_TOKEN = 3.6

/** Loaded at the first question: the vocabulary takes a third of a second and 40 MB that most nodes never need. */
let encoder: Promise<(text: string) => number> | undefined

/** Tokens of a Messages request, by the o200k vocabulary: no GLM vocabulary is published as a package. */
export async function countTokens(body: unknown): Promise<number> {
  encoder ??= import('gpt-tokenizer/encoding/o200k_base').then(
    ({ countTokens: count }) =>
      (text) =>
        count(text),
  )
  const count = await encoder
  const texts: string[] = []
  const extra = collect(body, texts)
  const text = texts.join('\n')
  const exact = text.slice(0, EXACT_CHARS_MAX).replace(LONG_RUN, '$& ')
  const rest = Math.max(0, text.length - EXACT_CHARS_MAX)
  return count(exact) + Math.ceil(rest / CHARS_PER_TOKEN) + extra
}

/** Gathers what the model reads; answers the tokens of what is not text. */
function collect(body: unknown, texts: string[]): number {
  const { system, messages, tools } = body as { system?: unknown; messages?: unknown; tools?: unknown }
  let extra = collectContent(system, texts)
  for (const message of list(messages)) {
    extra += MESSAGE_TOKENS + collectContent((message as { content?: unknown } | null)?.content, texts)
  }
  for (const tool of list(tools)) texts.push(JSON.stringify(tool))
  return extra
}

function collectContent(content: unknown, texts: string[]): number {
  if (typeof content === 'string') {
    texts.push(content)
    return 0
  }
  let extra = 0
  for (const block of list(content)) {
    const { type, text, thinking, content: inner, input } = (block ?? {}) as Record<string, unknown>
    if (type === 'image') extra += IMAGE_TOKENS
    else if (typeof text === 'string') texts.push(text)
    else if (typeof thinking === 'string') texts.push(thinking)
    else if (type === 'tool_result') extra += collectContent(inner, texts)
    else if (type === 'tool_use') texts.push(JSON.stringify(input ?? {}))
  }
  return extra
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
