import { Badge, Button, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { permissionsOf, useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { PEOPLE } from '@/lib/members'
import type { RolesRecord } from '@/lib/pb-types'
import { roleName } from '@/lib/roles'
import c from '../settings/Settings.module.css'
import { RoleDrawer } from './RoleDrawer'
import { orderedRoles } from './roles'

/** The roles of the company: what each lets people see and do, and how many have it. */
export default function RolesPage() {
  const { t } = useTranslation('people')
  const manage = useMe().can('members.manage')
  const roles = useQuery(listOptions('roles', { sort: 'name' }))
  const members = useQuery(listOptions('members', { filter: PEOPLE, sort: 'name' }))
  const [open, setOpen] = useState<{ role?: RolesRecord; from?: RolesRecord }>()
  const count = (role: RolesRecord) => members.data?.items.filter((member) => member.role === role.id).length ?? 0

  return (
    <SettingsPage
      title={t('app:nav.roles')}
      actions={
        manage && (
          <Button leftSection={<IconPlus size={15} />} onClick={() => setOpen({})}>
            {t('roles.add')}
          </Button>
        )
      }
    >
      <Section title={t('roles.title')} text={t(manage ? 'roles.text' : 'roles.readOnly')}>
        {roles.error ? (
          <ErrorState error={roles.error} onRetry={() => void roles.refetch()} />
        ) : !roles.data ? (
          <ListSkeleton height={52} rows={4} />
        ) : (
          <ul className={c.rows}>
            {orderedRoles(roles.data.items).map((role) => (
              <li key={role.id}>
                <UnstyledButton className={`${c.row} ${c.button}`} px="xs" onClick={() => setOpen({ role })}>
                  <span className={c.who}>
                    <span className={c.name} data-user-text={role.key ? undefined : true}>
                      {roleName(role, t)}
                    </span>
                    <br />
                    <span className={c.meta}>{t('roles.may', { count: permissionsOf(role).length })}</span>
                  </span>
                  {!role.key && (
                    <Badge variant="default" color="gray">
                      {t('roles.own')}
                    </Badge>
                  )}
                  <Text size="xs" c="dimmed">
                    {t('roles.people', { count: count(role) })}
                  </Text>
                  <IconChevronRight size={16} />
                </UnstyledButton>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {open && (
        <RoleDrawer
          key={open.role?.id ?? open.from?.id ?? 'new'}
          role={open.role}
          from={open.from}
          people={open.role ? count(open.role) : 0}
          onCopy={(from) => setOpen({ from })}
          onClose={() => setOpen(undefined)}
        />
      )}
    </SettingsPage>
  )
}
