import { Button, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { CopyField } from '@/components/CopyField'
import { FormError } from '@/components/FormError'
import { permissionsOf, useMe } from '@/lib/company'
import { applyRecord } from '@/lib/data'
import { api } from '@/lib/pb'
import type { MembersRecord, RolesRecord } from '@/lib/pb-types'
import { roleName } from '@/lib/roles'
import { orderedRoles } from './roles'

/** Makes an account for somebody at once. Its password is made by the server and shown once. */
export default function AddModal({ roles, members, onClose }: { roles: RolesRecord[]; members: MembersRecord[]; onClose(): void }) {
  const { t } = useTranslation('people')
  const { can, member: me } = useMe()
  const [name, setName] = useState('')
  const [email, setEmail] = useState('')
  const [role, setRole] = useState(roles.find((one) => one.key === 'agent')?.id ?? roles[0]?.id ?? '')
  const [manager, setManager] = useState('')
  const add = useMutation({
    mutationFn: () => api<{ member: MembersRecord; password: string }>('/api/recado/members', { body: { name: name.trim(), email: email.trim(), role, manager } }),
    onSuccess: ({ member }) => applyRecord('members', member),
  })

  return (
    <Modal opened onClose={onClose} title={t('add.title')} closeOnClickOutside={!add.data} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {add.data ? (
        <Stack>
          <Text size="sm">{t('add.done', { email: email.trim() })}</Text>
          <CopyField label={t('add.password')} value={add.data.password} hint={t('add.passwordHint')} />
          <Button size="sm" variant="default" onClick={onClose}>
            {t('done')}
          </Button>
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            add.mutate()
          }}
        >
          <Stack>
            <Text size="sm" c="dimmed">
              {t('add.text')}
            </Text>
            <TextInput label={t('add.name')} required maxLength={200} autoComplete="off" data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <TextInput label={t('add.email')} required type="email" autoComplete="off" value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
            <Select label={t('access.role')} allowDeselect={false} data={orderedRoles(roles).map((one) => ({ value: one.id, label: roleName(one, t), disabled: permissionsOf(one).some((p) => !can(p)) }))} value={role} onChange={(next) => next && setRole(next)} />
            <Select
              label={t('access.manager')}
              clearable
              clearButtonProps={{ 'aria-label': t('access.noManager') }}
              placeholder={t('access.noManager')}
              searchable
              nothingFoundMessage={t('nobody')}
              data={members.filter((one) => one.active).map((one) => ({ value: one.id, label: one.id === me?.id ? t('access.me', { name: one.name }) : one.name || one.email }))}
              value={manager || null}
              onChange={(next) => setManager(next ?? '')}
            />
            <FormError error={add.error} />
            <Button type="submit" size="sm" disabled={!name.trim() || !email.trim()} loading={add.isPending}>
              {t('add.do')}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
