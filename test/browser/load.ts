import type { Page } from 'playwright-core'

/** What a page has moved under its reader, in the web's own unit, since it was opened. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.shifted = 0
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value
    }).observe({ type: 'layout-shift', buffered: true })`)
}

export const shiftOf = async (page: Page): Promise<number> => Number(await page.evaluate('globalThis.shifted'))

/** What is sent over the wire from now on, as it is sent: compressed. */
export async function countLoad(page: Page): Promise<{ scriptKb(): number; requests(): number }> {
  const wire = await page.context().newCDPSession(page)
  await wire.send('Network.enable')
  const scripts = new Set<string>()
  let requests = 0
  let bytes = 0
  wire.on('Network.responseReceived', ({ requestId, type, response }) => {
    requests++
    // A chart is loaded when it is drawn, after everything else is there.
    if (type === 'Script' && !/chart/i.test(response.url)) scripts.add(requestId)
  })
  wire.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength
  })
  return { scriptKb: () => bytes / 1_000, requests: () => requests }
}
