import { takePiece } from '@codeplan/core'

import type { Stock } from '../billing/index.ts'
import type { CatalogRoom } from '../catalog/index.ts'
import { countedSince } from './board.ts'
import { tellChange } from './board-store.ts'
import { openShelves } from './shelves.ts'
import { lockSale, pieceOfOrder, returnPiece, sellAgain, sellHeld, soldTo } from './shelves-store.ts'

/** What billing asks of the sale for a purchase. Orders that were made without limit have no piece and need none. */
export function makeStock(deps: { readonly catalog: CatalogRoom }): Stock {
  return {
    /**
     * The order's money is there: its piece is sold. When its time was over a free piece is taken again; false when there is
     * none, or the payment method has had its share, and the money goes back (F61).
     */
    sell: async (tx, orderId, { fingerprint }, now) => {
      const { sale: rules } = deps.catalog.current()
      const piece = await pieceOfOrder(tx, orderId)
      if (!piece || piece.state === 'sold') return true
      if (rules.limited && fingerprint !== null) {
        const had = await soldTo(tx, fingerprint, countedSince(rules, now))
        if (had >= rules.perMethod) return false
      }
      if (await sellHeld(tx, piece.id, fingerprint)) return true
      // The limit was ended meanwhile.
      if (!rules.limited) return true
      const shelves = await openShelves(tx, rules, now)
      const { releases, isPaused } = shelves.of(piece.plan)
      const taken = isPaused ? undefined : takePiece(releases, now)
      if (!taken) return false
      await sellAgain(tx, piece.id, { releaseId: taken.releaseId, fingerprint }, now)
      await tellChange(tx)
      return true
    },

    /** The order is let go: its piece returns. */
    letGo: async (tx, orderId) => {
      const piece = await pieceOfOrder(tx, orderId)
      if (!piece || piece.state === 'sold' || piece.state === 'returned') return
      await lockSale(tx)
      if (await returnPiece(tx, piece.id)) await tellChange(tx)
    },
  }
}
