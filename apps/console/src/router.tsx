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

const memberRoutes = [
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
