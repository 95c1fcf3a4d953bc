import { Gauge } from 'prom-client'

import type { Clock, Metrics } from '../platform/index.ts'
import type { OwnLines } from './own-lines.ts'
import type { ModelPlaces } from './model-places.ts'
import type { Places } from './places.ts'

const HEALTHS = ['good', 'shaky', 'trial', 'resting'] as const

interface Shown {
  readonly clock: Clock
  readonly metrics: Metrics
  readonly running: { readonly size: number }
  readonly places: Places
  readonly ownLines: OwnLines
}

/** Calls, places and routes as they stand when somebody asks. */
export function registerGauges({ clock, metrics, running, places, ownLines }: Shown): void {
  metrics.shown('codeplan_calls_in_flight', 'Calls running on this node', () => running.size)
  metrics.shown(
    'codeplan_calls_waiting_own',
    'Calls that wait for another one of their member to end',
    () => ownLines.size,
  )
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: Label[],
    read: (gauge: Gauge<Label>, one: ModelPlaces) => void,
  ): void =>
    metrics.registry.registerMetric(
      new Gauge({
        name,
        help,
        labelNames,
        registers: [],
        collect() {
          this.reset()
          for (const one of places.all()) read(this, one)
        },
      }),
    )
  gauge(
    'codeplan_places',
    'Calls that may run on this node at the same time; none for a model with a route that takes any number',
    ['model'],
    (to, { model, count }) => {
      if (count !== undefined) to.set({ model: model.id }, count)
    },
  )
  gauge(
    'codeplan_places_in_use',
    'Calls that have a place at an upstream',
    ['model', 'upstream'],
    (to, { model, routes }) => {
      for (const { route, running } of routes) to.inc({ model: model.id, upstream: route.upstream.id }, running)
    },
  )
  gauge('codeplan_calls_waiting', 'Calls that wait for a place', ['model'], (to, { model, waiting }) =>
    to.set({ model: model.id }, waiting),
  )
  gauge(
    'codeplan_route_health',
    '1 for the state that a route is in: good, shaky, trial or resting',
    ['model', 'upstream', 'route', 'state'],
    (to, { model, routes }) => {
      const now = clock.now()
      for (const route of routes) {
        const { upstream, model: name } = route.route
        const is = route.health(now)
        for (const state of HEALTHS)
          to.set({ model: model.id, upstream: upstream.id, route: name, state }, Number(state === is))
      }
    },
  )
}
