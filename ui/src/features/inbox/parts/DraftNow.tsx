import { ActionIcon } from '@mantine/core'
import { IconSparkles } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { toast, toastError } from '@/lib/toast'
import { askDraft, runsOptions, settleDraft } from '../api'

/** Asks the conversation's agent for a draft, and hands it over to go on writing. */
export default function DraftNow({ conversation, onDraft }: { conversation: string; onDraft: (text: string) => void }) {
  const { t } = useTranslation('inbox')
  const [asked, setAsked] = useState('')
  const runs = useQuery({ ...runsOptions(conversation), enabled: asked !== '' })
  const run = runs.data?.items.find(({ id }) => id === asked)
  const ask = useMutation({ mutationFn: () => askDraft(conversation), onSuccess: ({ id }) => setAsked(id), onError: toastError })

  useEffect(() => {
    if (run?.status !== 'done') return
    setAsked('')
    if (run.outcome !== 'drafted') {
      toast(t('composer.noDraft'))
      return
    }
    settleDraft(run.id, 'take')
      .then(() => onDraft(run.draft))
      .catch(toastError)
    // oxlint-disable-next-line react/exhaustive-deps -- once for each run
  }, [run?.id, run?.status])

  const waiting = ask.isPending || asked !== ''
  return (
    <ActionIcon data-hint={waiting ? t('composer.drafting') : t('composer.draft')} size={32} aria-label={t('composer.draft')} aria-busy={waiting} loading={waiting} onClick={() => ask.mutate()}>
      <IconSparkles size={18} stroke={1.6} />
    </ActionIcon>
  )
}
