/** A "no" of the server: an expected answer, with words for whoever reads them, in his language. */
export class Refusal extends Error {
  readonly code: string
  readonly status: number
  readonly detail: Readonly<Record<string, unknown>>

  constructor(code: string, message: string, status: number, detail: Readonly<Record<string, unknown>> = {}) {
    super(message)
    this.name = 'Refusal'
    this.code = code
    this.status = status
    this.detail = detail
  }
}

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Refusal
  }
}
