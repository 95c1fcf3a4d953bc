import { balanceAdd, balanceShow, overflowCommand } from './balance.ts'
import { capacityCommand } from './capacity.ts'
import { catalogApply, catalogCheck } from './catalog.ts'
import { clockCommand } from './clock.ts'
import type { Command } from './command.ts'
import { creditCommand } from './credit.ts'
import { auditCommand, memberRole } from './roles.ts'
import { doctor } from './doctor.ts'
import { economicsCommand } from './economics.ts'
import { explain } from './explain.ts'
import { mailList, mailShow } from './mail.ts'
import { migrateCommand } from './migrate.ts'
import { grantCommand, keyCreate, keyList, keyRevoke, memberAdd } from './people.ts'
import { recomputeCommand } from './recompute.ts'
import { saleSuggest } from './sale-suggest.ts'
import { salePause, saleRelease, saleResume } from './sale.ts'
import { memberRestore, memberSuspend } from './suspension.ts'
import { teamAdd, teamExtend, teamGroup, teamList, teamSeats, teamShow } from './team.ts'
import { seedCommand } from './seed.ts'
import { couponCreate, redeemCreate, refundCommand, subscriptionShow } from './shop.ts'
import { usage } from './usage.ts'

export const COMMANDS: readonly Command[] = [
  memberAdd,
  memberSuspend,
  memberRestore,
  memberRole,
  grantCommand,
  keyCreate,
  keyList,
  keyRevoke,
  usage,
  creditCommand,
  explain,
  recomputeCommand,
  economicsCommand,
  capacityCommand,
  saleSuggest,
  saleRelease,
  salePause,
  saleResume,
  balanceAdd,
  balanceShow,
  overflowCommand,
  subscriptionShow,
  refundCommand,
  couponCreate,
  redeemCreate,
  catalogCheck,
  catalogApply,
  teamAdd,
  teamList,
  teamShow,
  teamSeats,
  teamExtend,
  teamGroup,
  auditCommand,
  mailList,
  mailShow,
  doctor,
  migrateCommand,
  seedCommand,
  clockCommand,
]

/** The command that a line begins with, and the words after its name. */
export function findCommand(line: readonly string[]): { command: Command; rest: readonly string[] } | undefined {
  for (const command of COMMANDS) {
    const name = command.name.split(' ')
    if (name.every((word, i) => line[i] === word)) return { command, rest: line.slice(name.length) }
  }
  return undefined
}
