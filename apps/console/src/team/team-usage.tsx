import { useQuery } from '@tanstack/react-query'

import { teamUsageQuery } from '../api/teams.ts'
import { useAmounts } from '../format/amounts.ts'
import { Card, Loaded, Table } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { teamWords } from './words.ts'

export function TeamUsage({ id }: { readonly id: string }) {
  const w = useWords(teamWords)
  const { count, size } = useAmounts()
  const query = useQuery(teamUsageQuery(id))
  return (
    <Card title={w.usage}>
      <Loaded query={query} skeleton="h-24">
        {(people) =>
          people.length === 0 ? (
            <p className="text-soft">{w.noUsage}</p>
          ) : (
            <Table
              caption={w.usage}
              rows={people}
              keyOf={({ member }) => member}
              columns={[
                { head: w.person, main: true, cell: ({ email }) => email },
                { head: w.calls, figures: true, cell: ({ calls }) => count(calls) },
                { head: w.charge, figures: true, cell: ({ charge }) => count(charge) },
                {
                  head: w.tokens,
                  figures: true,
                  cell: ({ input_tokens: input, output_tokens: output }) => `${size(input)} / ${size(output)}`,
                },
              ]}
            />
          )
        }
      </Loaded>
    </Card>
  )
}
