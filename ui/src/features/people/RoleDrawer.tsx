import { Alert, Button, Group, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconCopy } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { FormDrawer } from '@/components/FormDrawer'
import { PermissionMatrix } from '@/components/PermissionMatrix'
import { permissionsOf, useMe } from '@/lib/company'
import { removeRecord, saveRecord } from '@/lib/data'
import type { RolesRecord } from '@/lib/pb-types'
import { roleName } from '@/lib/roles'
import { toast } from '@/lib/toast'

interface Props {
  role: RolesRecord | undefined
  /** The role a new one begins as. */
  from: RolesRecord | undefined
  people: number
  onCopy(role: RolesRecord): void
  onClose(): void
}

/** One role: its name and what it lets people do. Nobody gives what they may not do themselves. */
export function RoleDrawer({ role, from, people, onCopy, onClose }: Props) {
  const { t } = useTranslation('people')
  const { can } = useMe()
  const fixed = role?.key === 'owner'
  const beyond = permissionsOf(role).some((one) => !can(one))
  const readOnly = fixed || beyond || !can('members.manage')
  const form = useForm({
    initialValues: {
      name: role ? roleName(role, t) : from ? t('roles.copyOf', { name: roleName(from, t) }) : '',
      permissions: permissionsOf(role ?? from).filter((one) => role || can(one)),
    },
    validate: { name: (name) => (name.trim() ? null : t('roles.nameMissing')) },
  })
  const save = useMutation({
    // the four that every company has are named by their key
    mutationFn: ({ name, permissions }: typeof form.values) => saveRecord('roles', role?.id, { permissions, ...(role?.key ? {} : { name: name.trim() }) }),
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })
  const remove = useMutation({ mutationFn: () => removeRecord('roles', role!.id), onSuccess: onClose })

  return (
    <FormDrawer
      title={role ? roleName(role, t) : t('roles.add')}
      size="lg"
      saving={save.isPending}
      readOnly={readOnly}
      error={save.error ?? remove.error}
      aside={
        role &&
        can('members.manage') && (
          <Group gap="xs">
            <Button variant="default" size="sm" leftSection={<IconCopy size={15} />} onClick={() => onCopy(role)}>
              {t('roles.copy')}
            </Button>
            {!role.key && !beyond && (
              <ConfirmButton size="sm" disabled={people > 0} question={t('roles.removeText', { name: role.name })} confirm={t('roles.remove')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
                {t('roles.remove')}
              </ConfirmButton>
            )}
          </Group>
        )
      }
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      {readOnly && (
        <Alert variant="light" color="gray" p="xs">
          {t(fixed ? 'roles.ownerFixed' : beyond && can('members.manage') ? 'roles.beyond' : 'roles.readOnly')}
        </Alert>
      )}
      {!role?.key && <TextInput label={t('roles.name')} required maxLength={80} disabled={readOnly} data-autofocus {...form.getInputProps('name')} />}
      <PermissionMatrix held={form.values.permissions} onChange={(permissions) => form.setFieldValue('permissions', permissions)} may={can} readOnly={readOnly} />
    </FormDrawer>
  )
}
