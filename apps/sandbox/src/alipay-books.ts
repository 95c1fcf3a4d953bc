import { randomBytes } from 'node:crypto'

import { fingerprintOf, type Card } from './bank-cards.ts'

export type Biz = { readonly [name: string]: string | undefined | Biz }

export interface Trade {
  readonly out_trade_no: string
  readonly total_amount: string
  readonly fen: number
  readonly trade_no: string
  trade_status: 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED'
  late: boolean
  refunded: number
}

export interface Agreement {
  readonly agreement_no: string
  readonly external_agreement_no: string
  readonly fenMax: number
  readonly card: Card
  status: 'NORMAL' | 'UNSIGN'
}

const newNumber = (): string => `2026${randomBytes(6).readUIntBE(0, 6)}`
const fenOf = (yuan: string): number => Math.round(Number(yuan) * 100)
const yuanOf = (fen: number): string => (fen / 100).toFixed(2)
const refused = (sub_code: string) => ({ code: '40004', msg: 'Business Failed', sub_code, sub_msg: sub_code })
const done = { code: '10000', msg: 'Success' }

/** The books of Alipay's stand-in: trades, agreements, refunds, and what it tells of them. */
export class AlipayBooks {
  readonly trades = new Map<string, Trade>()
  private readonly agreements = new Map<string, Agreement>()
  private readonly refunds = new Map<string, { readonly fen: number }>()
  private readonly tell: (form: Record<string, string>) => void

  constructor(tell: (form: Record<string, string>) => void) {
    this.tell = tell
  }

  /** A customer pays on the page that the signed address `biz` describes. A card that is declined leaves it open. */
  choose(biz: Biz, card: Card): void {
    const trade = this.open(biz)
    if (trade.trade_status !== 'WAIT_BUYER_PAY' || trade.late || card.page === 'declines') return
    const sign = biz.agreement_sign_params as Biz | undefined
    if (sign) this.sign(sign, card)
    if (card.page === 'late') trade.late = true
    else this.pay(trade)
    if (card.page === 'twice') this.told(trade)
  }

  /** A customer signs on the page that asks for nothing else. */
  signAlone(biz: Biz, card: Card): void {
    if (card.page === 'declines') return
    this.sign(biz, card)
    if (card.page === 'twice') this.sign(biz, card)
  }

  close(biz: Biz): void {
    const trade = this.open(biz)
    if (trade.trade_status !== 'WAIT_BUYER_PAY') return
    trade.trade_status = 'TRADE_CLOSED'
    this.told(trade)
  }

  settleLate(): void {
    for (const trade of this.trades.values()) if (trade.late) this.pay(trade)
  }

  /** Answers as the API does. */
  answer(method: string, biz: Biz): object {
    const trade = this.trades.get(String(biz.out_trade_no))
    switch (method) {
      case 'alipay.trade.pay':
        return this.debit(biz)
      case 'alipay.trade.query':
        return trade ? { ...done, ...shown(trade) } : refused('ACQ.TRADE_NOT_EXIST')
      case 'alipay.trade.refund':
        return trade ? this.refund(trade, biz) : refused('ACQ.TRADE_NOT_EXIST')
      case 'alipay.trade.fastpay.refund.query': {
        const refund = this.refunds.get(String(biz.out_request_no))
        return { ...done, ...(refund ? { refund_status: 'REFUND_SUCCESS', refund_amount: yuanOf(refund.fen) } : {}) }
      }
      case 'alipay.user.agreement.query': {
        const number = String(biz.external_agreement_no)
        const agreement = [...this.agreements.values()].find((a) => a.external_agreement_no === number)
        return agreement ? { ...done, ...shownAgreement(agreement) } : refused('USER_AGREEMENT_NOT_EXIST')
      }
      case 'alipay.user.agreement.unsign': {
        const agreement = this.agreements.get(String(biz.agreement_no))
        if (!agreement) return refused('USER_AGREEMENT_NOT_EXIST')
        agreement.status = 'UNSIGN'
        this.tellOf(agreement, 'dut_user_unsign')
        return done
      }
      default:
        return { code: '40002', msg: 'Invalid Arguments', sub_code: 'isv.invalid-method' }
    }
  }

  private open(biz: Biz): Trade {
    const id = String(biz.out_trade_no)
    const known = this.trades.get(id)
    if (known) return known
    const total_amount = String(biz.total_amount)
    const trade: Trade = {
      out_trade_no: id,
      total_amount,
      fen: fenOf(total_amount),
      trade_no: newNumber(),
      trade_status: 'WAIT_BUYER_PAY',
      late: false,
      refunded: 0,
    }
    this.trades.set(id, trade)
    return trade
  }

  private pay(trade: Trade): void {
    trade.late = false
    trade.trade_status = 'TRADE_SUCCESS'
    this.told(trade)
  }

  private told(trade: Trade, more: Record<string, string> = {}): void {
    this.tell({ notify_type: 'trade_status_sync', ...shown(trade), buyer_logon_id: 'tes***@example.org', ...more })
  }

  private sign(terms: Biz, card: Card): void {
    const number = String(terms.external_agreement_no)
    if (!/^[A-Za-z0-9]{1,32}$/.test(number)) throw new Error('isv.invalid-parameter: external_agreement_no')
    const known = [...this.agreements.values()].find((a) => a.external_agreement_no === number)
    if (known) return this.tellOf(known, 'dut_user_sign')
    const agreement: Agreement = {
      agreement_no: newNumber(),
      external_agreement_no: number,
      fenMax: fenOf(String((terms.period_rule_params as Biz).single_amount)),
      card,
      status: 'NORMAL',
    }
    this.agreements.set(agreement.agreement_no, agreement)
    this.tellOf(agreement, 'dut_user_sign')
  }

  private tellOf(agreement: Agreement, notify_type: string): void {
    const { principal_id: alipay_user_id, ...shown } = shownAgreement(agreement)
    this.tell({ notify_type, ...shown, alipay_user_id })
  }

  private debit(biz: Biz): object {
    const known = this.trades.get(String(biz.out_trade_no))
    if (known?.trade_status === 'TRADE_SUCCESS') return refused('ACQ.TRADE_HAS_SUCCESS')
    const agreement = this.agreements.get(String((biz.agreement_params as Biz | undefined)?.agreement_no))
    if (agreement?.status !== 'NORMAL') return refused('ACQ.AGREEMENT_NOT_EXIST')
    if (fenOf(String(biz.total_amount)) > agreement.fenMax) return refused('ACQ.CYCLE_PAY_SINGLE_FEE_EXCEED')
    const how = agreement.card.debit
    if (how === 'declines') return refused('ACQ.BUYER_BALANCE_NOT_ENOUGH')
    if (how === 'confirms') return refused('ACQ.ERROR_BUYER_CERTIFY_LEVEL_LIMIT')
    const trade = this.open(biz)
    if (how === 'late') trade.late = true
    else this.pay(trade)
    return { ...(how === 'late' ? { code: '10003', msg: 'order success pay inprocess' } : done), ...shown(trade) }
  }

  private refund(trade: Trade, biz: Biz): object {
    const id = String(biz.out_request_no)
    const fen = fenOf(String(biz.refund_amount))
    if (this.refunds.has(id)) return { ...done, ...shown(trade), fund_change: 'N' }
    if (trade.trade_status !== 'TRADE_SUCCESS') return refused('ACQ.TRADE_STATUS_ERROR')
    if (trade.refunded + fen > trade.fen) return refused('ACQ.REFUND_AMT_NOT_EQUAL_TOTAL')
    trade.refunded += fen
    this.refunds.set(id, { fen })
    const refund_fee = yuanOf(trade.refunded)
    if (trade.refunded === trade.fen) trade.trade_status = 'TRADE_CLOSED'
    this.told(trade, { out_biz_no: id, refund_fee, gmt_refund: '2026-01-01 00:00:00.000' })
    return { ...done, ...shown(trade), fund_change: 'Y', refund_fee }
  }
}

const shownAgreement = ({ agreement_no, external_agreement_no, status, card }: Agreement) => ({
  agreement_no,
  external_agreement_no,
  status,
  principal_id: `2088${fingerprintOf(card).slice(0, 12)}`,
  alipay_logon_id: 'tes***',
})

const shown = ({ out_trade_no, total_amount, trade_no, trade_status }: Trade) => ({
  out_trade_no,
  trade_no,
  trade_status,
  total_amount,
})
