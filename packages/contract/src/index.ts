export * from './account.ts'
export * from './billing.ts'
export * from './money.ts'
export * from './sale.ts'
