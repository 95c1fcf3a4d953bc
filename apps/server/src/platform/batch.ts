/** What arrives together is worked off together, so that the cost of a round trip is shared by everybody in the batch. */
export interface Batcher<In, Out> {
  add(item: In): Promise<Out>
}

export interface BatcherSettings<In, Out> {
  /** Answers in the order of its items. A rejection rejects the whole batch. */
  readonly work: (items: readonly In[]) => Promise<readonly Out[]>
  /** How long an item waits for company, after a batch of this size; the most hurried one of those that wait decides. */
  readonly gatherMs: (item: In, lastSize: number) => number
  readonly sizeMax: number
  /** An answer for an item that needs no work any more when its batch begins. */
  readonly already?: (item: In) => Out | undefined
  /** Whether the items of a batch that failed so are worked off one by one. */
  readonly mayDivide?: (error: unknown) => boolean
}

interface Waiting<In, Out> {
  readonly item: In
  readonly resolve: (value: Out) => void
  readonly reject: (error: unknown) => void
}

export function makeBatcher<In, Out>(settings: BatcherSettings<In, Out>): Batcher<In, Out> {
  let queue: Waiting<In, Out>[] = []
  let lastSize = 0
  let running = false
  let timer: NodeJS.Timeout | undefined
  let goesAt = Infinity

  function plan(item: In): void {
    const waitMs = settings.gatherMs(item, lastSize)
    const at = performance.now() + waitMs
    if (running || at >= goesAt) return
    goesAt = at
    clearTimeout(timer)
    // At once is after the events of this turn of the loop, so that requests of one read share a batch.
    if (waitMs === 0) setImmediate(go)
    else timer = setTimeout(go, waitMs)
  }

  function go(): void {
    if (running) return
    running = true
    goesAt = Infinity
    clearTimeout(timer)
    const batch = queue.splice(0, settings.sizeMax).filter((one) => {
      const answer = settings.already?.(one.item)
      if (answer !== undefined) one.resolve(answer)
      return answer === undefined
    })
    lastSize = batch.length
    void round(batch)
  }

  async function round(batch: readonly Waiting<In, Out>[]): Promise<void> {
    await workOff(batch)
    running = false
    for (const { item } of queue) plan(item)
  }

  async function workOff(batch: readonly Waiting<In, Out>[]): Promise<void> {
    if (batch.length === 0) return
    try {
      const answers = await settings.work(batch.map((one) => one.item))
      for (const [i, one] of batch.entries()) one.resolve(answers[i] as Out)
    } catch (error) {
      if (batch.length > 1 && settings.mayDivide?.(error)) for (const one of batch) await workOff([one])
      else for (const one of batch) one.reject(error)
    }
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject })
        plan(item)
      }),
  }
}
