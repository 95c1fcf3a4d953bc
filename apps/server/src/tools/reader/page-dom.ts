/** As much of a document as we use. The whole of the browser's types would make all of the server believe that it is one. */
export interface PageNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly textContent: string | null
  readonly childNodes: Iterable<PageNode>
}

export interface PageElement extends PageNode {
  innerHTML: string
  readonly parentElement: PageElement | null
  getAttribute(name: string): string | null
  setAttribute(name: string, value: string): void
  removeAttribute(name: string): void
  querySelector(selector: string): PageElement | null
  querySelectorAll(selector: string): Iterable<PageElement>
  replaceWith(other: PageElement | string): void
  remove(): void
}

export interface PageDocument {
  readonly documentElement: PageElement | null
  readonly body: PageElement | null
  createElement(name: string): PageElement
  cloneNode(deep: boolean): PageDocument
  querySelector(selector: string): PageElement | null
  querySelectorAll(selector: string): Iterable<PageElement>
}
