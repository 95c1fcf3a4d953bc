import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'

import { startQuery } from './api/start.ts'
import { makeRouter } from './router.tsx'
import { languageOfBrowser } from './words/language.tsx'
import { NotLoaded } from './ui/loaded.tsx'

const RETRIES_MAX = 2

const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (why) => {
      if (why.code !== 'signed_out') return
      queries.setQueryData(startQuery.queryKey, (start) => start && { ...start, me: null })
      void router.invalidate()
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A "no" stays one; only who did not answer is asked again.
      retry: (tries, why) => why.status === 0 && tries < RETRIES_MAX,
    },
  },
})
const router = makeRouter(queries)
const root = createRoot(document.querySelector('#root') as Element)

/** Nothing is shown before it is known whose console this is and who asks. */
async function begin(): Promise<void> {
  document.documentElement.lang = languageOfBrowser() === 'zh' ? 'zh-CN' : 'en'
  try {
    await queries.fetchQuery(startQuery)
  } catch (error) {
    root.render(<NotLoaded why={error as Error} again={() => void begin()} />)
    return
  }
  root.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
void begin()
