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
    inFlight: new Gauge({ name: 'codeplan_calls_in_flight', help: 'Calls running on this node', registers }),
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
    unsettled: new Gauge({
      name: 'codeplan_settlements_waiting',
      help: 'Ended calls whose settlement is not yet written',
      registers,
    }),
  }
}

export type Metrics = ReturnType<typeof makeMetrics>
