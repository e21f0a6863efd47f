import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { fault } from '@/lib/errors'
import { fold } from '@/lib/fold'
import type { ContactsRecord } from '@/lib/pb-types'
import { toast } from '@/lib/toast'
import { eraseContact } from '../api'
import { nameOf } from '../words'

/** Asks for the name before a person is forgotten: nothing brings them back. */
export function Erase({ contact, open, onClose, onDone }: { contact: ContactsRecord; open: boolean; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation('contacts')
  const [typed, setTyped] = useState('')
  const name = nameOf(contact, t)
  const erase = useMutation({
    mutationFn: (confirmed: boolean) => eraseContact(contact.id, confirmed),
    onSuccess: () => {
      toast(t('person.done'))
      onDone()
    },
  })
  const { code, data } = fault(erase.error)
  const coming = code === 'has_appointments' ? Number(data.count) : 0
  const right = fold(typed) === fold(name)

  return (
    <Modal opened={open} onClose={onClose} title={t('person.eraseTitle', { name })} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (right) erase.mutate(coming > 0)
        }}
      >
        <Stack>
          <Text size="sm">{t('person.eraseText')}</Text>
          <TextInput label={t('person.type', { word: name })} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} autoComplete="off" data-autofocus />
          {coming > 0 ? (
            <Text size="sm" c="red" role="alert">
              {t('person.coming', { count: coming })}
            </Text>
          ) : (
            <FormError error={erase.error} />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('app:common.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!right} loading={erase.isPending}>
              {t('person.erase')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
