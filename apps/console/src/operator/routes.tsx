import { createRoute, lazyRouteComponent } from '@tanstack/react-router'

import { staffRoute } from '../shell/roots.tsx'

/** The pages of the operator; each is loaded when somebody goes there. */
export const operatorRoutes = [
  createRoute({
    getParentRoute: () => staffRoute,
    path: '/operator',
    component: lazyRouteComponent(() => import('./today.tsx'), 'Today'),
  }),
] as const
