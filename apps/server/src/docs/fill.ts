const PLACE = /\{\{([a-z0-9.-]+)\}\}/g

/** Puts the figures of the running catalog into a page. A name that nobody knows is a fault of the page. */
export function fill(text: string, figures: ReadonlyMap<string, () => string>): string {
  return text.replace(PLACE, (_, name: string) => {
    const figure = figures.get(name)
    if (!figure) throw new Error(`a page names {{${name}}}, which is no figure`)
    return figure()
  })
}

export const figuresIn = (text: string): readonly string[] => [...text.matchAll(PLACE)].map((match) => match[1] ?? '')
