import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { staffRoute } from '../shell/roots.tsx'

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const PARTS = ['payments', 'refunds', 'coupons'] as const
export type Part = (typeof PARTS)[number]

/** The pages of the operator; each is loaded when somebody goes there. */
export const operatorRoutes = [
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator',
    component: lazyRouteComponent(() => import('./today.tsx'), 'Today'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/members',
    validateSearch: (search): { q?: string; is?: string } => {
      const [q, is] = [text(search['q']), text(search['is'])]
      return { ...(q ? { q } : {}), ...(is ? { is } : {}) }
    },
    component: lazyRouteComponent(() => import('./members.tsx'), 'Members'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/members/$id',
    component: lazyRouteComponent(() => import('./member.tsx'), 'Member'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/orders',
    validateSearch: (search): { part?: Part } => {
      const part = PARTS.find((one) => one === search['part'])
      return part ? { part } : {}
    },
    component: lazyRouteComponent(() => import('./orders.tsx'), 'Orders'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/orders/$id',
    component: lazyRouteComponent(() => import('./order.tsx'), 'Order'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/releases',
    component: lazyRouteComponent(() => import('./releases.tsx'), 'Releases'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/catalog',
    component: lazyRouteComponent(() => import('./catalog.tsx'), 'CatalogPage'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/upstreams',
    component: lazyRouteComponent(() => import('./upstreams.tsx'), 'UpstreamsPage'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/economics',
    component: lazyRouteComponent(() => import('./economics.tsx'), 'EconomicsPage'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/tools',
    component: lazyRouteComponent(() => import('./tools-policy.tsx'), 'ToolsPolicyPage'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/audit',
    component: lazyRouteComponent(() => import('./audit.tsx'), 'Audit'),
  }),
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator/system',
    component: lazyRouteComponent(() => import('./system.tsx'), 'System'),
  }),
] as const
