import { asList, asObject } from '../json.ts'
import { literalOf } from '../latin1.ts'
import { callIndex, callPiece } from './openai-call.ts'
import { isWholeJson } from './whole-json.ts'
import type { JsonObject } from '../json.ts'

interface Call {
  index: number
  id: string
  name: string
  body: string
}

/**
 * Gathers fragments of tool calls and gives each call out in one piece, as GLM does without `tool_stream`: one client
 * (zhipu-ai-provider) demands id, type and name on every delta. A call goes out when another begins and its arguments are
 * whole JSON (so that interleaved calls stay whole), or when the answer finishes.
 */
export class ToolCallGatherer {
  readonly #fallbackId: string
  #calls: Call[] = []
  #taken = new Set<number>()
  #last = -1
  #given = 0

  constructor(fallbackId: string) {
    this.#fallbackId = fallbackId
  }

  add(entries: unknown, wide: boolean): void {
    for (const value of asList(entries) ?? []) {
      const entry = asObject(value)
      if (entry) this.#entry(entry, wide)
    }
  }

  addPiece(index: number, literal: string): void {
    const call = this.#calls.findLast((known) => known.index === index)
    if (call) call.body += literal
  }

  /** The first calls, where a later one has begun and their arguments are whole: a `tool_calls` list each, latin1 form. */
  takeWhole(): string[] {
    const out: string[] = []
    for (
      let first = this.#calls[0];
      first && this.#calls.length > 1 && isWholeJson(first.body);
      first = this.#calls[0]
    ) {
      this.#calls.shift()
      this.#taken.add(first.index)
      out.push(this.#render(first))
    }
    return out
  }

  takeAll(): string[] {
    const all = this.#calls
    this.#calls = []
    return all.filter((call) => call.name !== '').map((call) => this.#render(call))
  }

  #entry(entry: JsonObject, wide: boolean): void {
    this.#last = callIndex(entry, this.#last)
    const piece = callPiece(entry, wide)
    let call = this.#calls.findLast((known) => known.index === this.#last)
    // What comes for a call that was whole already can only be empty.
    if (!call && piece.name === '' && this.#taken.has(this.#last)) return
    const another = call && piece.id !== '' && piece.name !== '' && call.id !== '' && call.id !== piece.id
    if (!call || another) {
      call = { index: this.#last, id: '', name: '', body: '' }
      this.#calls.push(call)
    }
    call.id ||= piece.id
    call.name ||= piece.name
    call.body += piece.arguments
  }

  #render(call: Call): string {
    const index = this.#given
    this.#given += 1
    const id = call.id === '' ? literalOf(`${this.#fallbackId}_${index}`, true) : call.id
    const fn = `{"name":"${call.name}","arguments":"${call.body === '' ? '{}' : call.body}"}`
    return `[{"index":${index},"id":"${id}","type":"function","function":${fn}}]`
  }
}
