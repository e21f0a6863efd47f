import { Button, Modal, NativeSelect, Stack, TagsInput, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { CopyField } from '@/components/CopyField'
import { FormError } from '@/components/FormError'
import { PermissionMatrix } from '@/components/PermissionMatrix'
import { useMe } from '@/lib/company'
import { api } from '@/lib/pb'
import { queryClient } from '@/lib/query'

const DAY = 86_400_000
const DAYS = [0, 30, 90, 365]

/** Makes a key. It is shown once: only its hash is kept. */
export function KeyModal({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation('security')
  const { can } = useMe()
  const [name, setName] = useState('')
  const [days, setDays] = useState(90)
  const [addresses, setAddresses] = useState<string[]>([])
  const [permissions, setPermissions] = useState<string[]>([])
  const make = useMutation({
    mutationFn: () =>
      api<{ key: string }>('/api/recado/keys', {
        body: { name: name.trim(), permissions, addresses, ...(days ? { expires: new Date(Date.now() + days * DAY).toISOString() } : {}) },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['api_keys'] }),
  })

  return (
    <Modal opened onClose={onClose} size="lg" title={t('keys.new')} closeOnClickOutside={!make.data} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {make.data ? (
        <Stack>
          <CopyField label={t('keys.key')} value={make.data.key} hint={t('keys.keyHint')} />
          <Button size="sm" variant="default" onClick={onClose}>
            {t('done')}
          </Button>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            make.mutate()
          }}
        >
          <Stack>
            <TextInput label={t('keys.name')} description={t('keys.nameHint')} required maxLength={80} data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <PermissionMatrix held={permissions} onChange={setPermissions} may={can} />
            <NativeSelect label={t('keys.expires')} data={DAYS.map((count) => ({ value: String(count), label: count ? t('keys.days', { count }) : t('keys.never') }))} value={String(days)} onChange={(event) => setDays(Number(event.currentTarget.value))} />
            <TagsInput label={t('keys.addresses')} description={t('keys.addressesHint')} splitChars={[',', ' ']} value={addresses} onChange={setAddresses} />
            <FormError error={make.error} />
            <Button type="submit" size="sm" disabled={!name.trim() || permissions.length === 0} loading={make.isPending}>
              {t('keys.make')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
