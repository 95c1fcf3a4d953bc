import { parseArgs } from 'node:util'
import { startUpstream, type UpstreamOptions } from './upstream.ts'

const usage = `node apps/sandbox/src/main.ts [options]     a simulated inference engine, OpenAI and Anthropic wire

  --port N        9100; 0 takes a free one, which the first line of output names
  --host H        127.0.0.1
  --seed N        1; ids and pieces are the same for the same seed
  --faults LIST   for every call, e.g. "rate:40" or "late:500,nousage"; one prompt: [[fault=cut:5]] in its text
  --models LIST   serve only these names; any name when left out
  --key KEY       refuse calls without this key
  --lenient       answer also what a strict engine would refuse
`

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '9100' },
    host: { type: 'string', default: '127.0.0.1' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'string', default: '' },
    models: { type: 'string' },
    key: { type: 'string' },
    lenient: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) {
  process.stdout.write(usage)
} else {
  const options: UpstreamOptions = {
    port: Number(values.port),
    host: values.host,
    seed: Number(values.seed),
    faults: values.faults,
    strict: !values.lenient,
    ...(values.models === undefined ? {} : { models: values.models.split(',') }),
    ...(values.key === undefined ? {} : { key: values.key }),
  }
  const upstream = await startUpstream(options)
  process.stdout.write(`sandbox upstream on ${upstream.url}\n`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void upstream.close().then(() => process.exit(0))
    })
  }
}
