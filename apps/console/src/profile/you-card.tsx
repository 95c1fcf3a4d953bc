import { useState } from 'react'

import { useMe, useStart } from '../api/start.ts'
import { useChooseLanguage } from '../shell/language-choice.tsx'
import { Button, Card, Field, Select } from '../ui/index.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { LANGUAGES } from '../words/words.ts'
import { useSaveProfile } from './save-profile.ts'
import { profileWords } from './words.ts'

const OPERATORS = ''

export function YouCard() {
  const w = useWords(profileWords)
  const me = useMe()
  const { operator } = useStart()
  const language = useLanguage()
  const choose = useChooseLanguage()
  const save = useSaveProfile()
  const [name, setName] = useState(me.name)
  const [zone, setZone] = useState(me.zone ?? OPERATORS)
  return (
    <Card title={w.you}>
      <form
        className="grid gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate({ name, zone: zone === OPERATORS ? null : zone })
        }}
      >
        <Field label={w.email} value={me.email} readOnly className="bg-sunk" />
        <Field
          label={w.name}
          hint={w.nameHint}
          value={name}
          onChange={({ target }) => setName(target.value)}
          autoComplete="name"
          maxLength={100}
        />
        <Select
          label={w.language}
          value={language}
          onChoose={choose}
          choices={LANGUAGES.map((value) => ({ value, text: w.languages[value] }))}
        />
        <Select
          label={w.zone}
          value={zone}
          onChoose={setZone}
          choices={[
            { value: OPERATORS, text: w.operatorZone(operator.zone) },
            ...Intl.supportedValuesOf('timeZone').map((value) => ({ value, text: value })),
          ]}
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
