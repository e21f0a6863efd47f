import { Button, MultiSelect, Select, Textarea, TextInput, UnstyledButton } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconChevronRight, IconPlus, IconStack2 } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ColorField, COLORS } from '@/components/ColorField'
import { ConfirmButton } from '@/components/ConfirmButton'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useMe } from '@/lib/company'
import { listOptions, removeRecord, saveRecord } from '@/lib/data'
import { PEOPLE } from '@/lib/members'
import { useFormat } from '@/lib/format'
import { WEEK, windowsOf } from '@/lib/hours'
import type { MembersRecord, QueuesRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { openHours } from './openHours'
import { FormDrawer } from '@/components/FormDrawer'
import { HoursField, hoursFault } from './parts/HoursField'
import c from './Settings.module.css'

export default function QueuesPage() {
  const { t } = useTranslation('settings')
  const { can } = useMe()
  const queues = useQuery(listOptions('queues', { sort: 'name' }))
  const members = useQuery({ ...listOptions('members', { filter: `active = true && ${PEOPLE}`, sort: 'name' }), enabled: can('channels.manage') })
  const [open, setOpen] = useState<QueuesRecord | 'new'>()
  if (!can('channels.manage')) {
    return (
      <SettingsPage title={t('app:nav.queues')}>
        <NoPermission />
      </SettingsPage>
    )
  }
  const add = (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setOpen('new')}>
      {t('queues.add')}
    </Button>
  )

  return (
    <SettingsPage title={t('app:nav.queues')} actions={add}>
      <Section title={t('queues.title')} text={t('queues.text')}>
        {queues.error ? (
          <ErrorState error={queues.error} onRetry={() => void queues.refetch()} />
        ) : !queues.data ? (
          <ListSkeleton height={52} rows={3} />
        ) : queues.data.items.length === 0 ? (
          <EmptyState icon={IconStack2} title={t('queues.empty')} text={t('queues.emptyText')}>
            {add}
          </EmptyState>
        ) : (
          <ul className={c.rows}>
            {queues.data.items.map((queue) => (
              <li key={queue.id}>
                <UnstyledButton className={`${c.row} ${c.button}`} px="xs" onClick={() => setOpen(queue)}>
                  <span className={c.color} style={{ background: queue.color || COLORS[0] }} />
                  <span className={c.who}>
                    <span className={c.name}>{queue.name}</span>
                    <br />
                    <Hours queue={queue} />
                  </span>
                  <IconChevronRight size={16} />
                </UnstyledButton>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {open && members.data && <QueueDrawer key={open === 'new' ? 'new' : open.id} queue={open === 'new' ? undefined : open} members={members.data.items} mayPlace={can('members.manage')} onClose={() => setOpen(undefined)} />}
    </SettingsPage>
  )
}

function Hours({ queue }: { queue: QueuesRecord }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const { weekly } = openHours(queue.hours)
  const days = WEEK.filter((day) => windowsOf(weekly, day).length > 0)
  return <span className={c.meta}>{days.length === 0 ? t('queues.asCompany') : new Intl.ListFormat(format.locale, { type: 'unit', style: 'narrow' }).format(days.map((day) => format.weekday(day, 'short')))}</span>
}

const DISTRIBUTIONS = ['off', 'round_robin', 'least_busy'] as const

interface DrawerProps {
  queue: QueuesRecord | undefined
  members: MembersRecord[]
  /** Whether this person may put members into queues. */
  mayPlace: boolean
  onClose: () => void
}

function QueueDrawer({ queue, members, mayPlace, onClose }: DrawerProps) {
  const { t } = useTranslation('settings')
  const inside = queue ? members.filter((member) => member.queues.includes(queue.id)).map(({ id }) => id) : []
  const form = useForm({
    initialValues: {
      name: queue?.name ?? '',
      color: queue?.color || COLORS[1],
      greeting: queue?.greeting ?? '',
      out_of_hours: queue?.out_of_hours ?? '',
      distribution: queue?.distribution || ('off' as const),
      hours: openHours(queue?.hours),
      people: inside,
    },
    validate: { name: (name) => (name.trim() ? null : t('queues.nameMissing')), hours: hoursFault(t) },
  })
  const save = useMutation({
    async mutationFn({ people, ...values }: typeof form.values) {
      const saved = await saveRecord('queues', queue?.id, { ...values, name: values.name.trim() })
      const moved = members.filter(({ id }) => people.includes(id) !== inside.includes(id))
      for (const { id, queues } of moved) await saveRecord('members', id, { queues: people.includes(id) ? [...queues, saved.id] : queues.filter((one) => one !== saved.id) })
    },
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })
  const remove = useMutation({ mutationFn: () => removeRecord('queues', queue!.id), onSuccess: onClose })

  return (
    <FormDrawer
      title={queue ? t('queues.edit', { name: queue.name }) : t('queues.add')}
      size="lg"
      saving={save.isPending}
      error={save.error ?? remove.error}
      aside={
        queue && (
          <ConfirmButton size="sm" question={t('queues.removeText', { name: queue.name })} confirm={t('queues.remove')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
            {t('queues.remove')}
          </ConfirmButton>
        )
      }
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      <TextInput label={t('queues.name')} required data-autofocus {...form.getInputProps('name')} />
      <ColorField label={t('queues.color')} value={form.values.color} onChange={(color) => form.setFieldValue('color', color)} />
      <MultiSelect
        label={t('queues.people')}
        description={t('queues.peopleHint')}
        disabled={!mayPlace}
        searchable
        hidePickedOptions
        nothingFoundMessage={t('company.nothing')}
        data={members.map(({ id, name, email }) => ({ value: id, label: name || email }))}
        {...form.getInputProps('people')}
      />
      <Select
        label={t('queues.distribution')}
        description={t(`queues.distribution_${form.values.distribution}Hint`)}
        allowDeselect={false}
        data={DISTRIBUTIONS.map((value) => ({ value, label: t(`queues.distribution_${value}`) }))}
        {...form.getInputProps('distribution')}
      />
      <HoursField none={t('queues.companyHours')} label={t('queues.hours')} value={form.values.hours} error={form.errors.hours as string | undefined} onChange={(hours) => form.setFieldValue('hours', hours)} />
      <Textarea label={t('queues.greeting')} description={t('queues.greetingHint')} autosize minRows={2} maxRows={6} maxLength={2000} {...form.getInputProps('greeting')} />
      <Textarea label={t('queues.outOfHours')} description={t('queues.outOfHoursHint')} autosize minRows={2} maxRows={6} maxLength={2000} {...form.getInputProps('out_of_hours')} />
    </FormDrawer>
  )
}
