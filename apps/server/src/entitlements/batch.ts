/** What arrives together is worked off together, so that the cost of a commit is shared by everybody in the batch. */
export interface Batcher<In, Out> {
  add(item: In): Promise<Out>
  /** Items that wait or are being worked on. */
  readonly size: () => number
  /** Resolves when nothing waits any more. */
  idle(): Promise<void>
}

export interface BatcherSettings<In, Out> {
  /** Answers in the order of its items. A rejection rejects the whole batch. */
  readonly work: (items: readonly In[]) => Promise<readonly Out[]>
  /** How long the first item waits for company; 0 takes what has gathered while the last batch ran. */
  readonly gatherMs: number
  /** It waits only if the last batch had this many items: a lonely caller would wait for nobody. */
  readonly gatherFrom: number
  readonly sizeMax: number
}

interface Waiting<In, Out> {
  readonly item: In
  readonly resolve: (value: Out) => void
  readonly reject: (error: unknown) => void
}

export function makeBatcher<In, Out>(settings: BatcherSettings<In, Out>): Batcher<In, Out> {
  let queue: Waiting<In, Out>[] = []
  let underWay = 0
  let lastSize = 0
  let running = false
  let idlers: (() => void)[] = []

  async function loop(): Promise<void> {
    running = true
    while (queue.length > 0) {
      if (settings.gatherMs > 0 && lastSize >= settings.gatherFrom && idlers.length === 0)
        await new Promise((go) => setTimeout(go, settings.gatherMs))
      const batch = queue.length <= settings.sizeMax ? queue : queue.slice(0, settings.sizeMax)
      queue = queue.length <= settings.sizeMax ? [] : queue.slice(settings.sizeMax)
      underWay = batch.length
      lastSize = batch.length
      try {
        const answers = await settings.work(batch.map((one) => one.item))
        for (const [i, one] of batch.entries()) one.resolve(answers[i] as Out)
      } catch (error) {
        for (const one of batch) one.reject(error)
      }
      underWay = 0
    }
    running = false
    for (const idler of idlers) idler()
    idlers = []
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject })
        if (!running) {
          running = true
          // After the events of this turn of the loop, so that requests of one read share a batch.
          setImmediate(() => void loop())
        }
      }),
    size: () => queue.length + underWay,
    idle: () => (running ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()),
  }
}
