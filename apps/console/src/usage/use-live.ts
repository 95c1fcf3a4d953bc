import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'

import { DRAWN, LIVE_URL } from '../api/usage.ts'

/** While a page is open it hears when a call has begun or ended, and reads again what it shows. */
export function useLive(): void {
  const queries = useQueryClient()
  useEffect(() => {
    const stream = new EventSource(LIVE_URL)
    let wasBroken = false
    const again = (): void => void queries.invalidateQueries({ queryKey: [DRAWN] })
    stream.addEventListener('message', again)
    // What happened while nobody listened is not told again.
    stream.addEventListener('error', () => (wasBroken = true))
    stream.addEventListener('open', () => {
      if (wasBroken) again()
      wasBroken = false
    })
    return () => stream.close()
  }, [queries])
}
