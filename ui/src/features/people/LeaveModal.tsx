import { Button, Modal, Select, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { permissionsOf } from '@/lib/company'
import { applyRecord } from '@/lib/data'
import { api } from '@/lib/pb'
import type { MembersRecord } from '@/lib/pb-types'

type Work = Record<'conversations' | 'contacts' | 'appointments', number>

/** Who may take over which kind of work. */
const NEEDS = { conversations: 'inbox.reply', contacts: 'contacts.view_own', appointments: 'agenda.view_own' } as const
const KINDS = Object.keys(NEEDS) as (keyof Work)[]

interface Props {
  member: MembersRecord
  members: MembersRecord[]
  /** Whether somebody lets themselves go. */
  self: boolean
  onDone(): void
  onClose(): void
}

/** Lets a member go: says what they have in hand and asks who takes it over. */
export default function LeaveModal({ member, members, self, onDone, onClose }: Props) {
  const { t } = useTranslation('people')
  const work = useQuery({ queryKey: ['member-work', member.id], queryFn: ({ signal }) => api<Work>(`/api/recado/members/${member.id}/work`, { signal }), gcTime: 0 })
  const [takers, setTakers] = useState<Partial<Record<keyof Work, string>>>({})
  const leave = useMutation({
    mutationFn: () => api<MembersRecord>(`/api/recado/members/${member.id}/deactivate`, { body: takers }),
    onSuccess(saved) {
      applyRecord('members', saved)
      onDone()
    },
    onError: () => void work.refetch(),
  })
  const name = member.name || member.email
  const asked = KINDS.filter((kind) => (work.data?.[kind] ?? 0) > 0)
  const choices = (kind: keyof Work) => [
    ...(kind === 'conversations' ? [{ value: 'queue', label: t('leave.queue') }] : []),
    ...members.filter((one) => one.active && one.id !== member.id && permissionsOf(one).includes(NEEDS[kind])).map((one) => ({ value: one.id, label: one.name || one.email })),
  ]

  return (
    <Modal opened onClose={onClose} title={self ? t('leave.selfTitle') : t('leave.title', { name })} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <Stack>
        <Text size="sm">{t(self ? 'leave.selfText' : 'leave.text')}</Text>
        {work.error ? (
          <ErrorState error={work.error} onRetry={() => void work.refetch()} />
        ) : !work.data ? (
          <ListSkeleton height={52} rows={2} />
        ) : (
          asked.map((kind) => (
            <Select
              key={kind}
              label={t(`leave.${kind}`, { count: work.data[kind] })}
              placeholder={t('leave.choose')}
              searchable
              nothingFoundMessage={t('nobody')}
              data={choices(kind)}
              value={takers[kind] ?? null}
              onChange={(next) => setTakers((old) => ({ ...old, [kind]: next ?? '' }))}
            />
          ))
        )}
        <FormError error={leave.error} />
        <Button color="red" size="sm" disabled={!work.data || asked.some((kind) => !takers[kind])} loading={leave.isPending} onClick={() => leave.mutate()}>
          {t(self ? 'leave.selfDo' : 'leave.do')}
        </Button>
      </Stack>
    </Modal>
  )
}
