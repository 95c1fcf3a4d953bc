import { useState } from 'react'

import { useMe, useStart } from '../api/start.ts'
import { Button, Card, Field } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { useSaveProfile } from './save-profile.ts'
import { profileWords } from './words.ts'

const STEPS = [50, 75, 90, 100] as const

export function LettersCard() {
  const w = useWords(profileWords)
  const me = useMe()
  const { operator } = useStart()
  const save = useSaveProfile()
  const [steps, setSteps] = useState(me.usage_notices)
  const [notice, setNotice] = useState(me.balance_notice ?? '')
  // Those that were set elsewhere are kept in sight.
  const all = [...new Set([...STEPS, ...me.usage_notices])].toSorted((a, b) => a - b)
  return (
    <Card title={w.notices}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ usage_notices: steps.toSorted((a, b) => a - b), balance_notice: notice.trim() || null })
        }}
      >
        <fieldset>
          <legend className="mb-2 text-sm font-medium">{w.noticesLead}</legend>
          <div className="flex flex-wrap gap-x-6 gap-y-2">
            {all.map((step) => (
              <label key={step} className="inline-flex min-h-6 cursor-pointer items-center gap-2">
                <input
                  type="checkbox"
                  className="size-4 accent-(--color-accent)"
                  checked={steps.includes(step)}
                  onChange={({ target }) =>
                    setSteps(target.checked ? [...steps, step] : steps.filter((one) => one !== step))
                  }
                />
                {w.percent(step)}
              </label>
            ))}
          </div>
        </fieldset>
        <Field
          label={w.balanceNotice(operator.currency)}
          hint={w.balanceNoticeHint}
          value={notice}
          onChange={({ target }) => setNotice(target.value)}
          inputMode="decimal"
          pattern="\d{1,7}(\.\d{1,2})?"
        />
        <div>
          <Button kind="primary" type="submit" busy={save.isPending}>
            {w.save}
          </Button>
        </div>
      </form>
    </Card>
  )
}
