import type { QueryClient } from '@tanstack/react-query'
import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router'

import { startQuery } from './api/start.ts'
import { operatorRoutes } from './operator/routes.tsx'
import { Broken } from './shell/boundary.tsx'
import { memberRoute, rootRoute, staffRoute } from './shell/roots.tsx'

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

const startRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  beforeLoad: async ({ context }) => {
    const { me } = await context.queries.ensureQueryData(startQuery)
    throw redirect({ to: me ? '/usage' : '/plans' })
  },
})

const openRoutes = [
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/plans',
    component: lazyRouteComponent(() => import('./plans/plans-page.tsx'), 'PlansPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/account/sign-in',
    validateSearch: (search): { back?: string; refused?: string } =>
      given({ back: text(search['back']), refused: text(search['refused']) }),
    component: lazyRouteComponent(() => import('./account/sign-in-page.tsx'), 'SignInPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/account/sign-up',
    validateSearch: (search): { back?: string } => given({ back: text(search['back']) }),
    component: lazyRouteComponent(() => import('./account/sign-up-page.tsx'), 'SignUpPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/account/verify',
    validateSearch: withToken,
    component: lazyRouteComponent(() => import('./account/verify-page.tsx'), 'VerifyPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/account/reset',
    validateSearch: withToken,
    component: lazyRouteComponent(() => import('./account/reset-page.tsx'), 'ResetPage'),
  }),
  createRoute({
    getParentRoute: () => rootRoute,
    path: '/team/join',
    validateSearch: withToken,
    component: lazyRouteComponent(() => import('./account/join-page.tsx'), 'JoinPage'),
  }),
] as const

const CYCLES = ['month', 'quarter', 'year'] as const

const memberRoutes = [
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/checkout',
    validateSearch: (search): { plan?: string; cycle?: (typeof CYCLES)[number] } => {
      const cycle = CYCLES.find((one) => one === search['cycle'])
      return { ...given({ plan: text(search['plan']) }), ...(cycle ? { cycle } : {}) }
    },
    component: lazyRouteComponent(() => import('./checkout/checkout-page.tsx'), 'CheckoutPage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/orders/$id',
    component: lazyRouteComponent(() => import('./checkout/order-page.tsx'), 'OrderPage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/subscription',
    validateSearch: (search): { wish?: string; order?: string; setup?: string } =>
      given({ wish: text(search['wish']), order: text(search['order']), setup: text(search['setup']) }),
    component: lazyRouteComponent(() => import('./subscription/subscription-page.tsx'), 'SubscriptionPage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/keys',
    component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/setup',
    validateSearch: (search): { tool?: string } => given({ tool: text(search['tool']) }),
    component: lazyRouteComponent(() => import('./setup/setup-page.tsx'), 'SetupPage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/tools',
    component: lazyRouteComponent(() => import('./tools/tools-page.tsx'), 'ToolsPage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/balance',
    component: lazyRouteComponent(() => import('./balance/balance-page.tsx'), 'BalancePage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/team',
    component: lazyRouteComponent(() => import('./team/team-page.tsx'), 'TeamPage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/profile',
    component: lazyRouteComponent(() => import('./profile/profile-page.tsx'), 'ProfilePage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/usage',
    component: lazyRouteComponent(() => import('./usage/usage-page.tsx'), 'UsagePage'),
  }),
  createRoute({
    getParentRoute: () => memberRoute,
    path: '/refused',
    component: lazyRouteComponent(() => import('./usage/refused-page.tsx'), 'RefusedPage'),
  }),
] as const

function given<T extends Record<string, string | undefined>>(search: T): { [K in keyof T]?: string } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: string
  }
}
function withToken(search: Record<string, unknown>): { token?: string } {
  return given({ token: text(search['token']) })
}

export const makeRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: rootRoute.addChildren([
      startRoute,
      ...openRoutes,
      memberRoute.addChildren([...memberRoutes, staffRoute.addChildren(operatorRoutes)]),
    ]),
    context: { queries },
    defaultErrorComponent: Broken,
    defaultPreload: 'intent',
    scrollRestoration: true,
  })

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
