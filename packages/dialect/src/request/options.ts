export interface RequestOptions {
  /** The upstream's name of the model. */
  model: string
  /** The public id of the model that will serve, to tell whose thinking may go back to it. */
  servedModel: string
  /** Anthropic demands `max_tokens`; what it gets where the client sets none. */
  defaultMaxTokens: number
}

/** Options in the form (latin1 or real strings) that the body is worked on in. */
export interface RequestContext extends RequestOptions {
  wide: boolean
}
