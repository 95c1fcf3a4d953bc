import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

/** Prometheus metrics of this node. Labels name models, endings and codes, never people or keys. */
export function makeMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    calls: new Counter({
      name: 'codeplan_calls_total',
      help: 'Admitted calls by how they ended',
      labelNames: ['model', 'ending'],
      registers,
    }),
    refusals: new Counter({
      name: 'codeplan_refusals_total',
      help: 'Requests that were refused, by code',
      labelNames: ['code'],
      registers,
    }),
    serviceCalls: new Counter({
      name: 'codeplan_service_calls_total',
      help: 'Calls of web search, web reader and vision, by how they ended',
      labelNames: ['service', 'ending'],
      registers,
    }),
    failedKeys: new Counter({ name: 'codeplan_failed_keys_total', help: 'Wrong keys that were sent', registers }),
    manyAddresses: new Counter({
      name: 'codeplan_keys_many_addresses_total',
      help: 'Keys that were used from many addresses within an hour',
      registers,
    }),
    unknownTools: new Counter({
      name: 'codeplan_unknown_tools_total',
      help: 'Calls of tools that no rule knows, by what was done',
      labelNames: ['policy'],
      registers,
    }),
    toolPolicySuspended: new Gauge({
      name: 'codeplan_tool_policy_suspended',
      help: '1 while the rules would refuse so many known members that unknown tools are let in',
      registers,
    }),
    tokens: new Counter({
      name: 'codeplan_tokens_total',
      help: 'Tokens by model and kind',
      labelNames: ['model', 'kind'],
      registers,
    }),
    firstByte: new Histogram({
      name: 'codeplan_first_byte_seconds',
      help: 'From the admission of a call to the first byte of its answer',
      labelNames: ['model'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    batch: new Histogram({
      name: 'codeplan_batch_seconds',
      help: 'Duration of a database batch',
      labelNames: ['kind'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2],
      registers,
    }),
    /** A figure that is read when somebody asks: nothing is counted for it while calls run. */
    shown: (name: string, help: string, read: () => number): void =>
      registry.registerMetric(
        new Gauge({
          name,
          help,
          registers: [],
          collect() {
            this.set(read())
          },
        }),
      ),
  }
}

export type Metrics = ReturnType<typeof makeMetrics>

/** Counts an ended call. Children are kept by model and ending: looking labels up costs more than counting. */
export function makeCallCounter(metrics: Metrics) {
  const kept = new Map<string, ReturnType<typeof children>>()
  const children = (model: string, ending: string) => ({
    ended: metrics.calls.labels(model, ending),
    input: metrics.tokens.labels(model, 'input'),
    cached: metrics.tokens.labels(model, 'cached_input'),
    output: metrics.tokens.labels(model, 'output'),
    firstByte: metrics.firstByte.labels(model),
  })
  return (
    call: { readonly model: string; readonly ending: string; readonly firstByteMs: number | undefined },
    tokens: { readonly inputTokens: number; readonly cacheReadTokens: number; readonly outputTokens: number },
  ): void => {
    const name = `${call.model} ${call.ending}`
    const known = kept.get(name) ?? children(call.model, call.ending)
    kept.set(name, known)
    known.ended.inc()
    known.input.inc(tokens.inputTokens)
    known.cached.inc(tokens.cacheReadTokens)
    known.output.inc(tokens.outputTokens)
    if (call.firstByteMs !== undefined) known.firstByte.observe(call.firstByteMs / 1000)
  }
}
