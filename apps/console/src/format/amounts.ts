import type { Money } from '@codeplan/contract'

import { useLanguage } from '../words/language.tsx'
import { TAGS, type Language } from '../words/words.ts'

/** Amounts come as decimal text; `Intl` takes it as it is, so nothing is rounded by the way. */
export function moneyText(language: Language, { amount, currency }: Money): string {
  const decimals = amount.split('.')[1]?.length ?? 0
  return new Intl.NumberFormat(TAGS[language], {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    ...(decimals > 2 ? { minimumFractionDigits: 2, maximumFractionDigits: decimals } : {}),
  }).format(amount as unknown as number)
}

export const countText = (language: Language, count: number, decimals = 2): string =>
  new Intl.NumberFormat(TAGS[language], { maximumFractionDigits: decimals }).format(count)

export const shareText = (language: Language, share: number): string =>
  new Intl.NumberFormat(TAGS[language], { style: 'percent', maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(share)

/** 200K, 1.2M: sizes whose last digits say nothing. */
export const sizeText = (language: Language, count: number): string =>
  new Intl.NumberFormat(TAGS[language] === 'zh-CN' ? 'en' : TAGS[language], {
    notation: 'compact',
    maximumSignificantDigits: 3,
  }).format(count)

export function useAmounts() {
  const language = useLanguage()
  return {
    money: (money: Money) => moneyText(language, money),
    count: (count: number, decimals?: number) => countText(language, count, decimals),
    share: (share: number) => shareText(language, share),
    size: (count: number) => sizeText(language, count),
  }
}
