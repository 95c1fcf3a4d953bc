import type { PlanTerms } from '@codeplan/core'

import type { Tx } from '../platform/index.ts'
import type { BillingDeps } from './deps.ts'

export async function termsOf(deps: Pick<BillingDeps, 'catalog'>, tx: Tx, planVersionId: string): Promise<PlanTerms> {
  return (await deps.catalog.planVersions(tx, [planVersionId])).get(planVersionId) as PlanTerms
}
