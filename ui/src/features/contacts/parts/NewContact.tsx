import { Anchor, Button, Group, Modal, NativeSelect, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { TagField } from '@/components/TagField'
import { useMe } from '@/lib/company'
import { fault } from '@/lib/errors'
import type { ContactsRecord } from '@/lib/pb-types'
import { addContact, useMembers } from '../api'
import { LIFECYCLES } from '../filters'

/** Takes down someone new. The rest is added where the contact is shown. */
export default function NewContact({ open, onClose, onDone }: { open: boolean; onClose: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation('contacts')
  return (
    <Modal opened={open} onClose={onClose} title={t('add')} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <Form onDone={onDone} />
    </Modal>
  )
}

function Form({ onDone }: { onDone: (id: string) => void }) {
  const { t } = useTranslation('contacts')
  const me = useMe().member?.id ?? ''
  const members = useMembers().active
  const [tags, setTags] = useState<string[]>([])
  const form = useForm({
    initialValues: { name: '', phone: '', email: '', lifecycle: 'lead' as ContactsRecord['lifecycle'], owner: me },
    validate: { name: (name, { phone, email }) => (name.trim() || phone.trim() || email.trim() ? null : t('new.nothing')) },
  })
  const save = useMutation({
    mutationFn: (confirmed: boolean) => addContact({ ...form.values, name: form.values.name.trim(), email: form.values.email.trim(), tags }, confirmed),
    onSuccess: (contact) => onDone(contact.id),
  })
  const known = fault(save.error)
  const twice = known.code === 'phone_taken'
  const same = twice && typeof known.data.contact === 'string' ? known.data.contact : ''

  return (
    <form onSubmit={form.onSubmit(() => save.mutate(false))}>
      <Stack>
        <TextInput label={t('field.name')} maxLength={200} data-autofocus {...form.getInputProps('name')} />
        <TextInput label={t('field.phone')} type="tel" maxLength={40} {...form.getInputProps('phone')} />
        <TextInput label={t('field.email')} type="email" maxLength={255} {...form.getInputProps('email')} />
        <NativeSelect label={t('field.lifecycle')} data={LIFECYCLES.map((value) => ({ value, label: t(`lifecycle.${value}`) }))} {...form.getInputProps('lifecycle')} />
        <NativeSelect label={t('field.owner')} data={[{ value: '', label: t('owner.none') }, ...members.map(({ id, name }) => ({ value: id, label: name }))]} {...form.getInputProps('owner')} />
        <TagField label={t('field.tags')} ids={tags} edit onSave={async (ids) => setTags(ids)} />
        <FormError error={save.error} />
        {same && (
          <Anchor component="button" type="button" size="sm" onClick={() => onDone(same)}>
            {t('new.openKnown')}
          </Anchor>
        )}
        <Group justify="flex-end">
          {twice && (
            <Button size="sm" variant="default" loading={save.isPending} onClick={() => save.mutate(true)}>
              {t('new.anyway')}
            </Button>
          )}
          <Button type="submit" size="sm" loading={save.isPending}>
            {t('new.save')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
