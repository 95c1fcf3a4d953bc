import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { methodsQuery } from '../api/orders.ts'
import { plansQuery } from '../api/plans.ts'
import { seatContractsQuery, teamQuery, teamsQuery } from '../api/teams.ts'
import { Card, Empty, Loaded, Notice, Page, Segments } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { Invitations } from './invitations.tsx'
import { OrderSeats } from './order-seats.tsx'
import { PaidSeats } from './paid-seats.tsx'
import { People } from './people.tsx'
import { Seats } from './seats.tsx'
import { TeamUsage } from './team-usage.tsx'
import { teamWords } from './words.ts'

export function TeamPage() {
  const w = useWords(teamWords)
  const [chosen, setChosen] = useState<string>()
  const query = useQuery(teamsQuery)
  const teams = query.data ?? []
  const team = teams.find(({ id }) => id === chosen) ?? teams[0]
  return (
    <Page
      title={team?.name ?? w.title}
      lead={w.lead}
      side={
        teams.length > 1 && team ? (
          <Segments
            label={w.team}
            value={team.id}
            onChoose={setChosen}
            choices={teams.map(({ id, name }) => ({ value: id, text: name }))}
          />
        ) : null
      }
    >
      <Loaded query={query} skeleton="h-72">
        {() =>
          team ? (
            team.is_admin ? (
              <Administered key={team.id} id={team.id} />
            ) : (
              <Notice>{w.notAdmin}</Notice>
            )
          ) : (
            <Empty title={w.none}>{w.noneAbout}</Empty>
          )
        }
      </Loaded>
    </Page>
  )
}

function Administered({ id }: { readonly id: string }) {
  const w = useWords(teamWords)
  const query = useQuery(teamQuery(id))
  // Shown together, so that nothing moves.
  const paid = useQuery(seatContractsQuery(id))
  const plans = useQuery(plansQuery)
  const methods = useQuery(methodsQuery)
  return (
    <Loaded query={query} isReady={![paid, plans, methods].some(({ isPending }) => isPending)} skeleton="h-96">
      {(team) => (
        <>
          <Seats team={team} />
          {paid.data?.map((contract) => (
            <PaidSeats key={contract.id} team={id} contract={contract} />
          ))}
          <People team={team} />
          <Invitations team={team} />
          <OrderSeats id={id} />
          <TeamUsage id={id} />
          {team.groups.length > 0 ? (
            <Card title={w.groups}>
              <ul>
                {team.groups.map(({ name, provider }) => (
                  <li key={name + provider}>{w.groupOf(name, provider)}</li>
                ))}
              </ul>
            </Card>
          ) : null}
        </>
      )}
    </Loaded>
  )
}
