import type { Team } from '@codeplan/contract'

import { useTeamChange } from '../api/teams.ts'
import { useAmounts } from '../format/amounts.ts'
import { useTimes } from '../format/times.ts'
import { Badge, Card, Table, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { teamWords } from './words.ts'

export function Seats({ team }: { readonly team: Team }) {
  const w = useWords(teamWords)
  const times = useTimes()
  const { count } = useAmounts()
  const change = useTeamChange(team.id)
  const held = team.seats.filter(({ member, invitation }) => member ?? invitation).length
  const withSeat = new Set(team.seats.map(({ member }) => member))
  return (
    <Card title={w.seats} side={<span className="text-soft">{w.seatsOf(count(held), count(team.seats.length))}</span>}>
      <Table
        caption={w.seats}
        rows={team.seats}
        keyOf={({ id }) => id}
        columns={[
          { head: w.plan, main: true, cell: ({ plan }) => plan },
          { head: w.until, cell: ({ ends_at }) => times.day(ends_at) },
          {
            head: w.holder,
            cell: ({ id, member, invitation, by_group: group }) =>
              invitation ? (
                <Badge>{w.keptFor}</Badge>
              ) : group ? (
                <Badge>{w.byGroup(group)}</Badge>
              ) : (
                <select
                  aria-label={w.give}
                  className="h-8 max-w-48 rounded-md border border-edge/70 bg-card px-2"
                  value={member ?? ''}
                  disabled={change.isPending}
                  onChange={({ target }) =>
                    change.mutate(
                      { path: `/seats/${id}`, method: 'PUT', body: { member: target.value || null } },
                      { onError: toastRefusal },
                    )
                  }
                >
                  <option value="">{w.free}</option>
                  {team.people
                    .filter((person) => person.member === member || !withSeat.has(person.member))
                    .map((person) => (
                      <option key={person.member} value={person.member}>
                        {person.name || person.email}
                      </option>
                    ))}
                </select>
              ),
          },
        ]}
      />
    </Card>
  )
}
