/** Lists of prompts, a page at a time: without it the prompts of everybody are read until a page is full. */
export const promptsBySubscription: readonly string[] = [
  `create index prompts_by_subscription on prompts (subscription_id, id)`,
]
