export const suggestion = undefined
