import type { ServerResponse } from 'node:http'

/** Waits for something for as long as the caller is there: what waits says how to leave, and that is done when he goes. */
export async function whileThere<T>(
  res: ServerResponse,
  wait: (onLeave: (leave: () => void) => void) => Promise<T>,
): Promise<T> {
  let leave: (() => void) | undefined
  const ended = wait((how) => {
    leave = how
  })
  if (!leave) return ended
  if (res.destroyed) leave()
  else res.once('close', leave)
  try {
    return await ended
  } finally {
    res.off('close', leave)
  }
}
