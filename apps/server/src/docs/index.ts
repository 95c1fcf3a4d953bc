export type { OpenApi } from './api-reference.ts'
export { registerDocs } from './routes.ts'
