export interface ServerEvent {
  readonly event: string
  readonly data: string
}

/** Puts server-sent events together from pieces cut anywhere. */
export class EventStream {
  readonly #decoder = new TextDecoder()
  #rest = ''

  feed(bytes: Uint8Array): ServerEvent[] {
    this.#rest += this.#decoder.decode(bytes, { stream: true })
    const blocks = this.#rest.split(/\r?\n\r?\n/)
    this.#rest = blocks.pop() ?? ''
    return blocks.map(readBlock).filter((event) => event.data !== '')
  }
}

function readBlock(block: string): ServerEvent {
  let event = ''
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    if (line.startsWith('event:')) event = line.slice(6).trim()
    if (line.startsWith('data:')) data.push(line.slice(5).trimStart())
  }
  return { event, data: data.join('\n') }
}
