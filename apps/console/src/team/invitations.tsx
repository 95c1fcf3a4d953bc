import type { Team } from '@codeplan/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { z } from 'zod'

import { ask } from '../api/ask.ts'
import { plansQuery } from '../api/plans.ts'
import type { Refusal } from '../api/refusal.ts'
import { teamsQuery, useTeamChange } from '../api/teams.ts'
import { useTimes } from '../format/times.ts'
import { Button, Card, Field, Select, Table, toast, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { teamWords } from './words.ts'

const invitedSchema = z.object({ id: z.string() })

export function Invitations({ team }: { readonly team: Team }) {
  const w = useWords(teamWords)
  const times = useTimes()
  const queries = useQueryClient()
  const { data: plans } = useQuery(plansQuery)
  const change = useTeamChange(team.id)
  const [email, setEmail] = useState('')
  const [plan, setPlan] = useState('')
  const invite = useMutation<z.infer<typeof invitedSchema>, Refusal>({
    mutationFn: () =>
      ask(`/teams/${team.id}/invitations`, invitedSchema, {
        method: 'POST',
        body: { email, ...(plan ? { plan } : {}) },
      }),
    onSuccess: async () => {
      toast(w.sentTo(email))
      setEmail('')
      await queries.invalidateQueries({ queryKey: teamsQuery.queryKey })
    },
  })
  const ofTeam = [...new Set(team.seats.map((seat) => seat.plan))]
  const nameOf = (id: string): string => plans?.plans.find((one) => one.id === id)?.name ?? id
  return (
    <Card title={w.invite}>
      <form
        className="grid items-start gap-4 sm:grid-cols-[1fr_12rem_auto]"
        onSubmit={(event) => {
          event.preventDefault()
          invite.mutate()
        }}
      >
        <Field
          label={w.email}
          hint={w.inviteHint}
          fault={invite.error?.message}
          type="email"
          required
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
        <Select
          label={w.plan}
          value={plan}
          onChoose={setPlan}
          choices={[{ value: '', text: w.anyPlan }, ...ofTeam.map((id) => ({ value: id, text: nameOf(id) }))]}
        />
        <Button kind="primary" type="submit" busy={invite.isPending} className="sm:mt-7">
          {w.send}
        </Button>
      </form>
      {team.invitations.length > 0 ? (
        <div className="mt-6 border-t pt-4">
          <h3 className="mb-2">{w.open}</h3>
          <Table
            caption={w.open}
            rows={team.invitations}
            keyOf={({ id }) => id}
            columns={[
              { head: w.email, main: true, cell: (one) => one.email },
              { head: w.until, cell: ({ ends_at }) => times.day(ends_at) },
              {
                head: w.actions,
                figures: true,
                cell: ({ id }) => (
                  <Button
                    size="small"
                    disabled={change.isPending}
                    onClick={() =>
                      change.mutate({ path: `/invitations/${id}`, method: 'DELETE' }, { onError: toastRefusal })
                    }
                  >
                    {w.takeBack}
                  </Button>
                ),
              },
            ]}
          />
        </div>
      ) : null}
    </Card>
  )
}
