import { Alert, Select } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormDrawer } from '@/components/FormDrawer'
import { PermissionMatrix } from '@/components/PermissionMatrix'
import { permissionsOf, useMe } from '@/lib/company'
import { saveRecord } from '@/lib/data'
import type { MembersRecord, RolesRecord } from '@/lib/pb-types'
import { closure, withExceptions, type Exceptions } from '@/lib/permissions'
import { roleName } from '@/lib/roles'
import { toast } from '@/lib/toast'
import { exceptionsOf, orderedRoles } from './roles'

interface Props {
  member: MembersRecord
  members: MembersRecord[]
  roles: RolesRecord[]
  onClose(): void
}

/** A member's role, who manages them, and what they may in spite of their role, or not. */
export default function AccessDrawer({ member, members, roles, onClose }: Props) {
  const { t } = useTranslation('people')
  const { can } = useMe()
  const [role, setRole] = useState(member.role)
  const [manager, setManager] = useState(member.manager)
  const chosen = roles.find((one) => one.id === role)
  const given = permissionsOf(chosen)
  const [made, setMade] = useState<Exceptions>({ add: [], remove: [], ...(member.exceptions as Partial<Exceptions> | null) })
  const owner = chosen?.key === 'owner'
  const held = owner ? closure(given) : withExceptions(given, made)
  const save = useMutation({
    mutationFn: () => saveRecord('members', member.id, { role, manager, exceptions: made }),
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })
  const differs = made.add.length + made.remove.length
  const name = member.name || member.email

  return (
    <FormDrawer
      title={t('access.of', { name })}
      size="lg"
      saving={save.isPending}
      error={save.error}
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
      onClose={onClose}
    >
      <Select label={t('access.role')} allowDeselect={false} data={orderedRoles(roles).map((one) => ({ value: one.id, label: roleName(one, t), disabled: permissionsOf(one).some((p) => !can(p)) }))} value={role} onChange={(next) => next && setRole(next)} />
      <Select
        label={t('access.manager')}
        description={t('access.managerHint')}
        clearable
        clearButtonProps={{ 'aria-label': t('access.noManager') }}
        placeholder={t('access.noManager')}
        searchable
        nothingFoundMessage={t('nobody')}
        data={members.filter((one) => one.active && one.id !== member.id).map((one) => ({ value: one.id, label: one.name || one.email }))}
        value={manager || null}
        onChange={(next) => setManager(next ?? '')}
      />
      <Alert variant="light" color={differs ? 'yellow' : 'gray'} p="xs" role="status">
        {owner ? t('access.owner') : differs ? t('access.differs', { count: differs, role: roleName(chosen, t) }) : t('access.same', { role: roleName(chosen, t) })}
      </Alert>
      <PermissionMatrix held={held} onChange={(next) => setMade(exceptionsOf(given, next))} may={can} readOnly={owner} />
    </FormDrawer>
  )
}
