import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, Navigate, Outlet, redirect } from '@tanstack/react-router'

import { startQuery, useMe, useStart } from '../api/start.ts'
import { Broken, NotFound, NoRight } from './boundary.tsx'
import { Layout } from './layout.tsx'

export const rootRoute = createRootRouteWithContext<{ readonly queries: QueryClient }>()({
  component: Layout,
  errorComponent: Broken,
  notFoundComponent: NotFound,
})

/** Pages of whoever is signed in; whoever is not comes back to them after he has. */
export const memberRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'member',
  beforeLoad: async ({ context, location }) => {
    const { me } = await context.queries.ensureQueryData(startQuery)
    if (!me) throw redirect({ to: '/account/sign-in', search: { back: location.href } })
  },
  // A session may end while a page is open: it is gone before the way leads to the sign-in.
  component: function Member() {
    return useStart().me ? <Outlet /> : <Navigate to="/account/sign-in" />
  },
})

/** Pages of the operator and of support. The server decides what each may do. */
export const staffRoute = createRoute({
  getParentRoute: () => memberRoute,
  id: 'staff',
  component: function Staff() {
    return useMe().role === 'member' ? <NoRight /> : <Outlet />
  },
})
