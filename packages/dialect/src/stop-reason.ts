/**
 * Why generation ended, in the other wire's words. Sources: GLM chat (`stop tool_calls length sensitive network_error
 * model_context_window_exceeded`), OpenAI (`content_filter function_call`), Anthropic Messages. A word neither side lists
 * becomes a plain end: clients stop on it, where an unknown word makes some of them fail.
 */
export function stopReasonToAnthropic(finishReason: string, hasToolCalls: boolean): string {
  switch (finishReason) {
    case 'tool_calls':
    case 'function_call':
      return 'tool_use'
    case 'length':
      return 'max_tokens'
    case 'sensitive':
    case 'content_filter':
      return 'refusal'
    case 'model_context_window_exceeded':
      return finishReason
    default:
      // Ollama and some vLLM parsers say "stop" after tool calls; a coding tool would then never run them.
      return hasToolCalls ? 'tool_use' : 'end_turn'
  }
}

export function stopReasonToOpenAI(stopReason: string): string {
  switch (stopReason) {
    case 'tool_use':
      return 'tool_calls'
    case 'max_tokens':
      return 'length'
    case 'refusal':
      return 'sensitive'
    case 'model_context_window_exceeded':
      return stopReason
    default:
      return 'stop'
  }
}

/**
 * The stop string that ended generation: vLLM tells it as `stop_reason`, SGLang as `matched_stop`, beside `finish_reason:
 * "stop"`. Token ids (numbers) and template tokens such as `<|user|>` are ends of turn, not the caller's strings.
 */
export function stopStringOf(choice: Record<string, unknown>): string | undefined {
  if (choice['finish_reason'] !== 'stop') return undefined
  for (const key of ['stop_reason', 'matched_stop']) {
    const value = choice[key]
    if (typeof value === 'string' && value !== '' && !value.startsWith('<|')) return value
  }
  return undefined
}
