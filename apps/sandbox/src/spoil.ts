import type { Faults } from './directives.ts'

const eventsBeforeRestart = 3

export interface Stream {
  readonly events: Iterable<string>
  /** The same answer generated anew, under another id: what an engine sends that restarted itself. */
  readonly again: () => Iterable<string>
  readonly errorEvent: string
}

/** The events of an answer with the asked-for damage. Lost connections are not events: see `send`. */
export function* spoil({ events, again, errorEvent }: Stream, faults: Faults): Generator<string> {
  let sent = 0
  for (const event of events) {
    if (sent === faults.errorAfter) {
      yield errorEvent
      return
    }
    if (sent === faults.garbageAfter) {
      yield `${half(event)}\n\n`
      yield 'data: this is not JSON\n\n'
      return
    }
    if (faults.restart && sent === eventsBeforeRestart) {
      yield half(event)
      yield* again()
      return
    }
    yield event
    sent++
  }
}

export function half(text: string): string {
  return text.slice(0, Math.floor(text.length / 2))
}
