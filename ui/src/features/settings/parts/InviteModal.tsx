import { Button, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CopyField } from '@/components/CopyField'
import { FormError } from '@/components/FormError'
import { useFormat } from '@/lib/format'
import { api } from '@/lib/pb'
import type { RolesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { roleName } from '@/lib/roles'

/** Makes a link that lets one person join. The link is shown once: only its hash is kept. */
export function InviteModal({ roles, onClose }: { roles: RolesRecord[]; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const [role, setRole] = useState(roles.find((one) => one.key === 'agent')?.id ?? roles[0]?.id ?? '')
  const [email, setEmail] = useState('')
  const make = useMutation({
    mutationFn: () => api<{ id: string; url: string; expires: string }>('/api/recado/members/invite', { body: { role, ...(email.trim() ? { email: email.trim() } : {}) } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['invites'] }),
  })
  const chosen = roles.find((one) => one.id === role)

  return (
    <Modal opened onClose={onClose} title={t('invite.title')} closeOnClickOutside={!make.data} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {make.data ? (
        <Stack>
          <CopyField label={t('invite.link')} value={new URL(make.data.url, window.location.origin).href} hint={t('invite.linkHint', { date: format.longDate(make.data.expires) })} />
          <Button size="sm" variant="default" onClick={onClose}>
            {t('members.done')}
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
            <Select label={t('invite.role')} data={roles.map((one) => ({ value: one.id, label: roleName(one, t) }))} value={role} onChange={(next) => next && setRole(next)} />
            {chosen?.key && (
              <Text size="xs" c="dimmed" mt={-8}>
                {t(`invite.role_${chosen.key}`)}
              </Text>
            )}
            <TextInput label={t('invite.email')} description={t('invite.emailHint')} type="email" value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
            <FormError error={make.error} />
            <Button type="submit" size="sm" loading={make.isPending}>
              {t('invite.make')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
