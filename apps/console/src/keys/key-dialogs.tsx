import { useMutation, useQueryClient } from '@tanstack/react-query'

import { sent } from '../account/entrance.tsx'
import { ask, nothing, type Wish } from '../api/ask.ts'
import { keysQuery, type Key } from '../api/keys.ts'
import { Button, Dialog, Field, toastRefusal } from '../ui/index.ts'
import { useWords } from '../words/language.tsx'
import { keysWords } from './words.ts'

interface KeyDialogProps {
  readonly target: Key | undefined
  readonly onClose: () => void
}

function useKeyChange({ target, onClose }: KeyDialogProps) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (wish: Wish) => ask(`/account/keys/${target?.id}`, nothing, wish),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: keysQuery.queryKey })
      onClose()
    },
    onError: toastRefusal,
  })
}

export function RenameDialog({ target, onClose }: KeyDialogProps) {
  const w = useWords(keysWords)
  const rename = useKeyChange({ target, onClose })
  return (
    <Dialog open={target !== undefined} onClose={onClose} title={w.rename}>
      <form className="grid gap-4" onSubmit={sent(({ name }) => rename.mutate({ method: 'PATCH', body: { name } }))}>
        <Field label={w.name} name="name" defaultValue={target?.name} maxLength={100} required />
        <div className="flex justify-end gap-3">
          <Button kind="plain" onClick={onClose}>
            {w.cancel}
          </Button>
          <Button kind="primary" type="submit" busy={rename.isPending}>
            {w.save}
          </Button>
        </div>
      </form>
    </Dialog>
  )
}

export function RevokeDialog({ target, onClose }: KeyDialogProps) {
  const w = useWords(keysWords)
  const revoke = useKeyChange({ target, onClose })
  return (
    <Dialog
      open={target !== undefined}
      onClose={onClose}
      title={w.revokeTitle(target?.name ?? '')}
      actions={
        <>
          <Button kind="plain" onClick={onClose}>
            {w.cancel}
          </Button>
          <Button kind="danger" busy={revoke.isPending} onClick={() => revoke.mutate({ method: 'DELETE' })}>
            {w.revoke}
          </Button>
        </>
      }
    >
      <p>{w.revokeAbout}</p>
    </Dialog>
  )
}
