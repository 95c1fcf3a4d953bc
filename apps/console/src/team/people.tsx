import type { Team } from '@codeplan/contract'
import { useState } from 'react'

import { useMe } from '../api/start.ts'
import { useTeamChange } from '../api/teams.ts'
import { Badge, Button, Card, Dialog, Table, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { teamWords } from './words.ts'

type Person = Team['people'][number]

export function People({ team }: { readonly team: Team }) {
  const w = useWords(teamWords)
  const { id: own } = useMe()
  const change = useTeamChange(team.id)
  const [leaving, setLeaving] = useState<Person>()
  const close = (): void => setLeaving(undefined)
  return (
    <Card title={w.people}>
      <Table
        caption={w.people}
        rows={team.people}
        keyOf={({ member }) => member}
        columns={[
          { head: w.person, main: true, cell: ({ name, email }) => name || email },
          { head: w.email, cell: ({ email }) => email },
          {
            head: w.role,
            cell: ({ is_admin }) => (is_admin ? <Badge tone="accent">{w.admin}</Badge> : w.member),
          },
          {
            head: w.actions,
            figures: true,
            cell: (person) => (
              <span className="inline-flex flex-wrap justify-end gap-1">
                <Button
                  size="small"
                  kind="plain"
                  disabled={change.isPending}
                  onClick={() =>
                    change.mutate(
                      { path: `/people/${person.member}`, method: 'PUT', body: { is_admin: !person.is_admin } },
                      { onError: toastRefusal },
                    )
                  }
                >
                  {person.is_admin ? w.noAdmin : w.makeAdmin}
                </Button>
                <Button size="small" kind="danger" onClick={() => setLeaving(person)}>
                  {person.member === own ? w.leave : w.remove}
                </Button>
              </span>
            ),
          },
        ]}
      />
      <Dialog
        open={leaving !== undefined}
        onClose={close}
        title={w.removeTitle(leaving?.name || leaving?.email || '')}
        actions={
          <>
            <Button kind="plain" onClick={close}>
              {w.cancel}
            </Button>
            <Button
              kind="danger"
              busy={change.isPending}
              onClick={() =>
                change.mutate(
                  { path: `/people/${leaving?.member}`, method: 'DELETE' },
                  { onSuccess: close, onError: toastRefusal },
                )
              }
            >
              {leaving?.member === own ? w.leave : w.remove}
            </Button>
          </>
        }
      >
        <p>{w.removeAbout}</p>
      </Dialog>
    </Card>
  )
}
