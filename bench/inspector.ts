const CALL_MS_MAX = 60_000

export interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
}

export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: CallFrame
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface Inspector {
  call(method: string, params?: object): Promise<unknown>
  close(): void
}

/** A connection to the inspector of a Node process (Chrome DevTools Protocol). */
export async function openInspector(address: string): Promise<Inspector> {
  const socket = new WebSocket(address)
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let calls = 0
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { id?: number; result?: unknown; error?: { message: string } }
    const call = message.id === undefined ? undefined : waiting.get(message.id)
    if (!call) return
    waiting.delete(message.id as number)
    if (message.error) call.reject(new Error(message.error.message))
    else call.resolve(message.result)
  })
  socket.addEventListener('close', () => {
    for (const call of waiting.values()) call.reject(new Error('the inspector has gone'))
  })
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve())
    socket.addEventListener('error', () => reject(new Error(`no inspector at ${address}`)))
  })
  return {
    call: async (method, params = {}) => {
      const id = ++calls
      const call = Promise.withResolvers<unknown>()
      waiting.set(id, call)
      socket.send(JSON.stringify({ id, method, params }))
      const timer = setTimeout(() => call.reject(new Error(`${method} takes too long`)), CALL_MS_MAX)
      return call.promise.finally(() => clearTimeout(timer))
    },
    close: () => socket.close(),
  }
}
