import { ActionIcon, Button, NativeSelect, Textarea, TextInput, UnstyledButton } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconArrowDown, IconArrowUp, IconForms, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useMe } from '@/lib/company'
import { removeRecord, saveRecord } from '@/lib/data'
import { contactFieldsOptions, FIELD_TYPES } from '@/lib/contactFields'
import type { ContactFieldsRecord } from '@/lib/pb-types'
import { toast, toastError } from '@/lib/toast'
import { FormDrawer } from '@/components/FormDrawer'
import c from './Settings.module.css'

/** The fields a company adds to its contacts, in the order of the screen. */
export default function FieldsPage() {
  const { t } = useTranslation('settings')
  const { can } = useMe()
  const fields = useQuery(contactFieldsOptions())
  const [open, setOpen] = useState<ContactFieldsRecord | 'new'>()
  if (!can('contacts.manage')) {
    return (
      <SettingsPage title={t('app:nav.fields')}>
        <NoPermission />
      </SettingsPage>
    )
  }
  const list = fields.data?.items ?? []
  const last = list.at(-1)?.position ?? 0
  const add = (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setOpen('new')}>
      {t('fields.add')}
    </Button>
  )

  /** Two neighbours change places; positions that are alike are numbered anew on the way. */
  async function move(index: number, by: 1 | -1): Promise<void> {
    const order = [...list]
    const [moved] = order.splice(index, 1)
    order.splice(index + by, 0, moved!)
    const changed = order.map((field, at) => ({ field, position: at + 1 })).filter(({ field, position }) => field.position !== position)
    await Promise.all(changed.map(({ field, position }) => saveRecord('contact_fields', field.id, { position }))).catch(toastError)
  }

  return (
    <SettingsPage title={t('app:nav.fields')} actions={add}>
      <Section title={t('fields.title')} text={t('fields.text')}>
        {fields.error ? (
          <ErrorState error={fields.error} onRetry={() => void fields.refetch()} />
        ) : !fields.data ? (
          <ListSkeleton height={52} rows={3} />
        ) : list.length === 0 ? (
          <EmptyState icon={IconForms} title={t('fields.empty')} text={t('fields.emptyText')}>
            {add}
          </EmptyState>
        ) : (
          <ul className={c.rows}>
            {list.map((field, index) => (
              <li key={field.id} className={c.row}>
                <UnstyledButton className={`${c.who} ${c.button}`} px="xs" onClick={() => setOpen(field)}>
                  <span className={c.name} data-user-text>
                    {field.label}
                  </span>
                  <br />
                  <span className={c.meta}>{t(`fields.type.${field.type}`)}</span>
                </UnstyledButton>
                <ActionIcon size={30} disabled={index === 0} aria-label={t('fields.up', { name: field.label })} onClick={() => void move(index, -1)}>
                  <IconArrowUp size={16} />
                </ActionIcon>
                <ActionIcon size={30} disabled={index === list.length - 1} aria-label={t('fields.down', { name: field.label })} onClick={() => void move(index, 1)}>
                  <IconArrowDown size={16} />
                </ActionIcon>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {open && <FieldDrawer key={open === 'new' ? 'new' : open.id} field={open === 'new' ? undefined : open} position={last + 1} onClose={() => setOpen(undefined)} />}
    </SettingsPage>
  )
}

function FieldDrawer({ field, position, onClose }: { field: ContactFieldsRecord | undefined; position: number; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const form = useForm({
    initialValues: { label: field?.label ?? '', type: field?.type ?? 'text', choices: Array.isArray(field?.choices) ? (field.choices as string[]).join('\n') : '' },
    validate: {
      label: (label) => (label.trim() ? null : t('fields.labelMissing')),
      choices: (choices, { type }) => (type !== 'choice' || choices.trim() ? null : t('fields.choicesMissing')),
    },
  })
  const save = useMutation({
    mutationFn({ label, type, choices }: typeof form.values) {
      const list = choices.split('\n').map((choice) => choice.trim()).filter(Boolean)
      return saveRecord('contact_fields', field?.id, { label: label.trim(), choices: type === 'choice' ? list : [], ...(field ? {} : { type, position }) })
    },
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })
  const remove = useMutation({ mutationFn: () => removeRecord('contact_fields', field!.id), onSuccess: onClose })

  return (
    <FormDrawer
      title={field ? t('fields.edit', { name: field.label }) : t('fields.add')}
      saving={save.isPending}
      error={save.error ?? remove.error}
      aside={
        field && (
          <ConfirmButton size="sm" question={t('fields.removeText', { name: field.label })} confirm={t('fields.remove')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
            {t('fields.remove')}
          </ConfirmButton>
        )
      }
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      <TextInput label={t('fields.label')} required maxLength={80} data-autofocus {...form.getInputProps('label')} />
      <NativeSelect
        label={t('fields.kind')}
        description={field ? t('fields.kindFixed') : undefined}
        disabled={field !== undefined}
        data={FIELD_TYPES.map((type) => ({ value: type, label: t(`fields.type.${type}`) }))}
        {...form.getInputProps('type')}
      />
      {form.values.type === 'choice' && <Textarea label={t('fields.choices')} description={t('fields.choicesHint')} autosize minRows={3} maxRows={12} {...form.getInputProps('choices')} />}
    </FormDrawer>
  )
}
