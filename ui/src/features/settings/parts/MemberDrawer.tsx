import { MultiSelect, Switch } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { saveRecord } from '@/lib/data'
import type { MembersRecord, QueuesRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { openHours } from '../openHours'
import { FormDrawer } from '@/components/FormDrawer'
import { HoursField, hoursFault } from './HoursField'

/** Which queues a member works in, and when. */
export function MemberDrawer({ member, queues, onClose }: { member: MembersRecord; queues: QueuesRecord[]; onClose: () => void }) {
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
    <FormDrawer title={t('members.workOf', { name: member.name || member.email })} size="lg" saving={save.isPending} error={save.error} onSubmit={form.onSubmit((values) => save.mutate(values))} onClose={onClose}>
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
    </FormDrawer>
  )
}
