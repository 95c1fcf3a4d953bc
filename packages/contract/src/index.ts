export * from './account.ts'
export * from './money.ts'
