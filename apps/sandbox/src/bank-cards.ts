import { createHash, randomBytes } from 'node:crypto'

/** How a card behaves: at the page, and when it is debited later. */
export interface Card {
  readonly number: string
  readonly does: string
  readonly page: 'pays' | 'declines' | 'confirms' | 'late' | 'twice'
  readonly debit: 'pays' | 'declines' | 'confirms' | 'late'
}

export const CARDS: readonly Card[] = [
  { number: '4242424242424242', does: 'pays', page: 'pays', debit: 'pays' },
  { number: '4000000000000002', does: 'is declined', page: 'declines', debit: 'declines' },
  { number: '4000000000003155', does: 'asks for a confirmation', page: 'confirms', debit: 'confirms' },
  { number: '4000000000000077', does: 'pays late', page: 'late', debit: 'late' },
  {
    number: '4000000000000341',
    does: 'pays now, and is declined when it is debited later',
    page: 'pays',
    debit: 'declines',
  },
  { number: '4000000000000259', does: 'tells of its payment twice', page: 'twice', debit: 'pays' },
]

export const cardOf = (number: string): Card | undefined => CARDS.find((card) => card.number === number)

/** A permission names its card, so that it outlives a bank without a memory. */
export const mandateOf = (card: Card): string => `mandate_${card.number}_${randomBytes(6).toString('hex')}`
export const cardOfMandate = (mandate: string): Card | undefined => cardOf(mandate.split('_')[1] ?? '')

export const labelOf = (card: Card): string => `Test card •••• ${card.number.slice(-4)}`
export const fingerprintOf = (card: Card): string => createHash('sha256').update(card.number).digest('hex').slice(0, 24)
