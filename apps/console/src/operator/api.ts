import { infiniteQueryOptions, queryOptions, useInfiniteQuery } from '@tanstack/react-query'
import type { z } from 'zod'

import { ask, type Wish } from '../api/ask.ts'

const BASE = '/api/admin/v1'

/** A read of the operator's API; a change invalidates all of them. */
export const adminQuery = <T>(path: string, schema: z.ZodType<T>, everyMs?: number) =>
  queryOptions({
    queryKey: ['admin', path],
    queryFn: ({ signal }) => ask(BASE + path, schema, { signal }),
    ...(everyMs === undefined ? {} : { refetchInterval: everyMs }),
  })

export const adminAsk = <T>(path: string, schema: z.ZodType<T>, wish: Wish): Promise<T> =>
  ask(BASE + path, schema, wish)

/** `/orders?state=paid`: what is empty is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]))
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`
}

/** A list that is read page by page, by its last entry. */
export function usePages<T extends { readonly next: string | null }, Row>(
  path: string,
  schema: z.ZodType<T>,
  rowsOf: (page: T) => readonly Row[],
) {
  const found = useInfiniteQuery(
    infiniteQueryOptions({
      queryKey: ['admin', path, 'pages'],
      queryFn: ({ signal, pageParam }) => {
        const more = pageParam === '' ? '' : `${path.includes('?') ? '&' : '?'}before=${encodeURIComponent(pageParam)}`
        return ask(BASE + path + more, schema, { signal })
      },
      initialPageParam: '',
      getNextPageParam: ({ next }: T) => next ?? undefined,
      select: ({ pages }) => pages.flatMap((page) => [...rowsOf(page)]),
    }),
  )
  return found
}
