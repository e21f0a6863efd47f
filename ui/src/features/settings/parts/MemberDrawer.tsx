import { Button, Drawer, Group, MultiSelect, Stack, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { listOptions, saveRecord } from '@/lib/data'
import type { MembersRecord, QueuesRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { openHours } from '../openHours'
import { HoursField, hoursFault } from './HoursField'

/** Which queues a member works in, and when. */
export function MemberDrawer({ member, onClose }: { member: MembersRecord; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const queues = useQuery(listOptions('queues', { sort: 'name' }))
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={t('members.workOf', { name: member.name || member.email })} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {queues.error ? <ErrorState error={queues.error} onRetry={() => void queues.refetch()} /> : queues.data ? <MemberForm member={member} queues={queues.data.items} onClose={onClose} /> : <ListSkeleton height={52} rows={3} />}
    </Drawer>
  )
}

function MemberForm({ member, queues, onClose }: { member: MembersRecord; queues: QueuesRecord[]; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const form = useForm({
    initialValues: { queues: member.queues, work_hours: openHours(member.work_hours), away: member.away },
    validate: { work_hours: hoursFault(t) },
  })
  const save = useMutation({
    mutationFn: (values: typeof form.values) => saveRecord('members', member.id, values),
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <MultiSelect
          label={t('members.queues')}
          description={t('members.queuesHint')}
          searchable
          hidePickedOptions
          nothingFoundMessage={t('company.nothing')}
          data={queues.map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('queues')}
        />
        <Switch label={t('members.away')} description={t('members.awayHint')} {...form.getInputProps('away', { type: 'checkbox' })} />
        <HoursField none={t('members.anyTime')} label={t('members.workHours')} value={form.values.work_hours} error={form.errors.work_hours as string | undefined} onChange={(hours) => form.setFieldValue('work_hours', hours)} />
        <FormError error={save.error} />
        <Group justify="flex-end">
          <Button type="submit" size="sm" loading={save.isPending}>
            {t('app:common.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
