/** The models of the bench's catalog, by the protocol of the upstream they are routed to. */
export const MODELS = { openai: 'bench-openai', anthropic: 'bench-anthropic' } as const
export const PLAN = 'bench'
export const UPSTREAM_KEY_ENV = 'BENCH_UPSTREAM_KEY'

// A thousand million prompts: no window is ever full, and 10⁹ × 10⁶ micro-prompts are still safe integers.
const PROMPTS = 1_000_000_000

/** A plan like any other (two windows, counted and settled by each call) whose limits are out of reach. */
export function benchCatalog(upstreamPort: number): string {
  const model = (id: string, upstream: string): string => `
  - id: ${id}
    name: ${id}
    context_tokens: 200000
    output_tokens_max: 131072
    prices:
      - { input_below: 32000, output_below: 200, input: "2", cached_input: "0.4", output: "8" }
      - { input: "4", cached_input: "0.8", output: "16" }
    routes: [{ upstream: ${upstream}, model: sim-1 }]`
  return `
operator: { name: Bench, zone: Asia/Shanghai, currency: CNY }
plans:
  - id: ${PLAN}
    name: Bench
    rank: 1
    meter: { kind: prompt, calls_per_prompt: 20 }
    windows:
      - { id: five_hour, kind: first_use, hours: 5, prompts: ${PROMPTS} }
      - { id: week, kind: anchored, days: 7, prompts: ${PROMPTS} }
    concurrency: 10000
    tool_policy: observe
    prices: { month: "49.00" }
    models: [${MODELS.openai}, ${MODELS.anthropic}]
models:${model(MODELS.openai, 'sim-openai')}${model(MODELS.anthropic, 'sim-anthropic')}
multipliers:
  - { id: peak, models: [${MODELS.anthropic}], zone: Asia/Shanghai, from: "14:00", to: "18:00", factor: "1" }
upstreams:
  - id: sim-openai
    kind: openai
    base_url: "http://127.0.0.1:${upstreamPort}/v1"
    key_env: ${UPSTREAM_KEY_ENV}
  - id: sim-anthropic
    kind: anthropic
    base_url: "http://127.0.0.1:${upstreamPort}"
    key_env: ${UPSTREAM_KEY_ENV}
gateway:
  body_mib_max: 32
  header_ms_max: 20000
  body_ms_max: 60000
  connect_ms_max: 10000
  first_byte_ms_max: 600000
  idle_ms_max: 300000
  total_ms_max: 3600000
  drain_ms_max: 5000
`
}
