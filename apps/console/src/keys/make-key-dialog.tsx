import { sent } from '../account/entrance.tsx'
import { useMakeKey, type KeyMade } from '../api/keys.ts'
import { Button, Dialog, Field, Notice } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { keysWords } from './words.ts'

export interface MakeKeyDialogProps {
  readonly open: boolean
  readonly onClose: () => void
  readonly onMade: (made: KeyMade) => void
}

export function MakeKeyDialog({ open, onClose, onMade }: MakeKeyDialogProps) {
  const w = useWords(keysWords)
  const make = useMakeKey()
  const close = (): void => {
    make.reset()
    onClose()
  }
  const onSubmit = sent(({ name = '', allowed = '' }) => {
    const list = allowed.split(/[\s,，]+/).filter(Boolean)
    make.mutate(
      { name, ...(list.length > 0 ? { allowed: list } : {}) },
      {
        onSuccess: (made) => {
          onMade(made)
          close()
        },
      },
    )
  })
  return (
    <Dialog open={open} onClose={close} title={w.make}>
      <form className="grid gap-4" onSubmit={onSubmit}>
        <Field label={w.name} hint={w.nameHint} name="name" defaultValue={w.nameDefault} maxLength={100} required />
        <Field label={w.allowed} hint={w.allowedHint} name="allowed" autoComplete="off" />
        {make.error ? <Notice tone="bad">{make.error.message}</Notice> : null}
        <div className="flex justify-end gap-3">
          <Button kind="plain" onClick={close}>
            {w.cancel}
          </Button>
          <Button kind="primary" type="submit" busy={make.isPending}>
            {w.make}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}
