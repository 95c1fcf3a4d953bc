import type { BankPayment } from './bank-books.ts'
import { CARDS } from './bank-cards.ts'

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:30rem;margin:3rem auto;padding:0 1rem;color:#1b1f24;background:#f6f7f9}
main{background:#fff;border:1px solid #d9dee5;border-radius:12px;padding:1.5rem}h1{font-size:1.1rem;margin:0 0 .25rem}
.sum{font-size:1.8rem;font-weight:600;margin:.25rem 0 1rem}button{display:block;width:100%;text-align:left;padding:.7rem .9rem;margin:.5rem 0;
border:1px solid #c3cad4;border-radius:8px;background:#fff;font:inherit;cursor:pointer}button:hover{border-color:#2457d6}small{color:#59636e;display:block}
.note{background:#fff7e0;border-radius:8px;padding:.6rem .9rem;margin-top:1rem}`

const text = (value: string): string =>
  value.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] as string)

/** The page on which a customer pays at the test bank. */
export function payPage(payment: BankPayment | undefined): string {
  const inner = payment === undefined ? '<h1>There is no such payment.</h1>' : paying(payment)
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Test bank</title><style>${STYLE}</style></head><body><main>${inner}
<p class="note">This is a simulation. No money moves. 这是模拟银行，不会产生真实扣款。</p></main></body></html>`
}

function paying(payment: BankPayment): string {
  const isBinding = payment.amount === 0
  const sum = `${(payment.amount / 100).toFixed(2)} ${text(payment.currency)}`
  const head = isBinding
    ? `<h1>${text(payment.title)}</h1><p>Allow charges to a card later. Nothing is charged now.<br>授权以后扣款，现在不扣款。</p>`
    : `<h1>${text(payment.title)}</h1><p class="sum">${sum}</p>`
  if (payment.state === 'action_required') {
    return `${head}<form method="post"><button name="confirm" value="yes">Confirm<small>确认</small></button></form>`
  }
  if (payment.state !== 'created') return `${head}<p>This payment is ${payment.state}.</p>`
  const cards = CARDS.map(
    (card) =>
      `<button name="card" value="${card.number}">${card.number.replace(/(.{4})/g, '$1 ').trim()}<small>${text(card.does)}</small></button>`,
  )
  return `${head}<p>${isBinding ? 'Bind' : 'Pay with'}:</p><form method="post">${cards.join('')}</form>`
}
