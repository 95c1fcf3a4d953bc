import { toLatin1 } from '../latin1.ts'
import { NOTHING_ASKED } from '../responses-answer.ts'
import { anthropicError, openaiError } from './envelope.ts'
import { responsesErrorEvent } from './responses-error.ts'
import type { Wire } from '../outline.ts'
import type { ErrorWords } from './envelope.ts'

/** What a stream whose head is out ends with when we must give up, as latin1 text. */
export function errorInStream(
  wire: Wire,
  words: ErrorWords,
  answer: { readonly id: string; readonly createdSec: number; readonly model: string; readonly sequence: number },
): string {
  switch (wire) {
    case 'anthropic':
      return toLatin1(`event: error\ndata: ${anthropicError(words)}\n\n`)
    case 'openai':
      return toLatin1(`data: ${openaiError(words)}\n\ndata: [DONE]\n\n`)
    case 'responses':
      return responsesErrorEvent(words, { ...answer, echo: NOTHING_ASKED.echo }, answer.sequence)
  }
}
