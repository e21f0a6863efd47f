import { Button, Checkbox, Modal, NativeSelect, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { CopyField } from '@/components/CopyField'
import { FormError } from '@/components/FormError'
import { useFormat } from '@/lib/format'
import { api } from '@/lib/pb'
import type { MembersRecord, RolesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { roleName } from '@/lib/roles'

/** Makes a link that lets one person join. The link is shown once: only its hash is kept. */
export function InviteModal({ roles, members, onClose }: { roles: RolesRecord[]; members: MembersRecord[]; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const format = useFormat()
  const [role, setRole] = useState(roles.find((one) => one.key === 'agent')?.id ?? roles[0]?.id ?? '')
  const [email, setEmail] = useState('')
  const [manager, setManager] = useState('')
  const [days, setDays] = useState(7)
  const [send, setSend] = useState(true)
  const make = useMutation({
    mutationFn: () => api<{ id: string; url: string; expires: string; sent: boolean }>('/api/recado/members/invite', { body: { role, manager, days, ...(email.trim() ? { email: email.trim(), send } : {}) } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['invites'] }),
  })
  const chosen = roles.find((one) => one.id === role)

  return (
    <Modal opened onClose={onClose} title={t('invite.title')} closeOnClickOutside={!make.data} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {make.data ? (
        <Stack>
          {make.data.sent && <Text size="sm">{t('invite.sent', { email: email.trim() })}</Text>}
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
            {email.trim() && <Checkbox label={t('invite.send')} checked={send} onChange={(event) => setSend(event.currentTarget.checked)} />}
            <Select
              label={t('people:access.manager')}
              clearable
              clearButtonProps={{ 'aria-label': t('people:access.noManager') }}
              placeholder={t('people:access.noManager')}
              searchable
              nothingFoundMessage={t('people:nobody')}
              data={members.filter((one) => one.active).map((one) => ({ value: one.id, label: one.name || one.email }))}
              value={manager || null}
              onChange={(next) => setManager(next ?? '')}
            />
            <NativeSelect label={t('invite.days')} data={[1, 7, 30, 90].map((count) => ({ value: String(count), label: t('invite.daysCount', { count }) }))} value={String(days)} onChange={(event) => setDays(Number(event.currentTarget.value))} />
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
