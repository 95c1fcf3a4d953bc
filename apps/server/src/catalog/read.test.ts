import { expect, test } from 'vitest'

import { catalogSource } from '../../../../test/house/house.ts'
import { readCatalog } from './read.ts'

/** What is said of the default catalog with one change, as `path: cure`. */
function faultsOf(...[from, to]: readonly [string, string]): readonly string[] {
  expect(catalogSource).toContain(from)
  const read = readCatalog(catalogSource.replace(from, to))
  return read.ok ? [] : read.no.map(({ path, cure }) => `${path}: ${cure}`)
}
const UPSTREAM = '{ id: sandbox-openai, kind: openai, base_url: sandbox }'
const upstream = (more: string): readonly [string, string] => [UPSTREAM, UPSTREAM.replace(' }', `, ${more} }`)]
const ROUTE = 'routes: [{ upstream: sandbox-openai, model: glm-4.7 }]'

test('faults of routes, keys, hours and of the routing section are told with place and cure', () => {
  const route = '{ upstream: sandbox-openai, model: glm-4.7 }'
  expect(faultsOf(ROUTE, `routes: [${route}, ${route}]`)).toEqual([
    expect.stringMatching(/^models\[1\]\.routes\[1\]: this route is given twice: take one away/),
  ])
  expect(faultsOf(ROUTE, ROUTE.replace(' }', ', concurrency: 0 }'))).toEqual([
    'models[1].routes[0].concurrency: use a number above 0',
  ])
  expect(faultsOf(...upstream('key_env: [A, A]'))).toEqual([
    'upstreams[0].key_env: a variable is named twice: take one away',
  ])
  expect(faultsOf(...upstream('key_env: []'))).toHaveLength(1)
  expect(faultsOf(...upstream('probe_path: health'))).toEqual([
    'upstreams[0].probe_path: use a path that begins with /, for example /health',
  ])
  expect(
    faultsOf('    queue_weight: 2\n', '    concurrency_hours: [{ zone: Asia/Shanghai, from: "14:00", calls: 3 }]\n'),
  ).toEqual(['plans[1].concurrency_hours[0]: give both `from` and `to`, or neither'])
  expect(faultsOf('rest_ms_max: 60000', 'rest_ms_max: 100')).toEqual([
    'routing: make `rest_ms_max` at least as long as `rest_ms`',
  ])
  expect(faultsOf('error_percent_max: 50 ', 'error_percent_max: 500 ')).toEqual([
    'routing.error_percent_max: use a percentage from 1 to 100',
  ])
})

test('a model that embeds is in no plan, writes nothing, and is served by upstreams that know embeddings', () => {
  const embeds = '    embeds: true\n'
  expect(faultsOf('models: [glm-4.7, glm-4.6,', 'models: [embedding-3, glm-4.6,')).toEqual([
    'plans[0].models[0]: embedding-3 embeds, which only the balance pays: take it away',
  ])
  expect(faultsOf('typical_prompt: { model: glm-4.7', 'typical_prompt: { model: embedding-3')).toHaveLength(1)
  expect(faultsOf(embeds, `${embeds}    output_tokens_max: 1\n`)).toEqual([
    'models[6].output_tokens_max: a model that embeds writes no text: take it away',
  ])
  expect(faultsOf(embeds, '')).toEqual(['models[6]: missing: add `output_tokens_max`, a number'])
  expect(faultsOf('upstream: sandbox-openai, model: embedding-3', 'upstream: sandbox-anthropic, model: x')).toEqual([
    expect.stringMatching(/knows no embeddings: use `openai`/),
  ])
})

test('the figures of the default catalog are those of a catalog without the section', () => {
  const [before, after] = [/^routing:\n( .*\n)+/m.exec(catalogSource)?.[0] ?? '', '']
  const [whole, without] = [catalogSource, catalogSource.replace(before, after)].map((source) => readCatalog(source))
  expect(before).toContain('wait_ms_max')
  expect(whole?.ok && without?.ok && without.value.routing).toEqual(whole?.ok && whole.value.routing)
})
