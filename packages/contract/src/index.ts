export * from './account.ts'
export * from './money.ts'
export * from './team.ts'
