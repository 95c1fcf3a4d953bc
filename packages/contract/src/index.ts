export * from './money.ts'
export * from './sale.ts'
