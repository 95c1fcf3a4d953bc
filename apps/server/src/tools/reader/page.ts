/** What is asked of a page. */
export interface PageWish {
  readonly format: 'markdown' | 'text'
  readonly images: boolean
  readonly gfm: boolean
  /** Images that stand in the page itself as data are kept. */
  readonly dataImages: boolean
}

export interface Page {
  readonly title: string
  readonly description: string
  readonly content: string
  readonly metadata: Readonly<Record<string, string>>
  readonly links: readonly { readonly text: string; readonly url: string }[]
  readonly images: readonly { readonly alt: string; readonly url: string }[]
}

/** What goes into the thread that makes a page of it. */
export type Source =
  | { readonly kind: 'html'; readonly text: string; readonly url: string }
  | { readonly kind: 'pdf'; readonly bytes: Uint8Array; readonly url: string }
