import { ActionIcon, Badge, Button, Group, Menu, Modal, Select, Stack, Text } from '@mantine/core'
import { IconDots, IconKey, IconLink, IconShieldCog, IconStack2, IconUserCheck, IconUserOff, IconUserPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { CopyField } from '@/components/CopyField'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useMe } from '@/lib/company'
import { listOptions, saveRecord } from '@/lib/data'
import { PEOPLE } from '@/lib/members'
import { api } from '@/lib/pb'
import type { MembersRecord, QueuesRecord, RolesRecord } from '@/lib/pb-types'
import { roleName } from '@/lib/roles'
import { toast, toastError } from '@/lib/toast'
import { orderedRoles } from '../people/roles'
import { Invites } from './parts/Invites'
import { MemberDrawer } from './parts/MemberDrawer'
import c from './Settings.module.css'

// what few open, and late
const AccessDrawer = lazy(() => import('../people/AccessDrawer'))
const AddModal = lazy(() => import('../people/AddModal'))
const InviteModal = lazy(() => import('./parts/InviteModal').then((part) => ({ default: part.InviteModal })))
const LeaveModal = lazy(() => import('../people/LeaveModal'))

type Question = { kind: 'deactivate' | 'reset' | 'work' | 'access'; member: MembersRecord }

export default function MembersPage() {
  const { t } = useTranslation('settings')
  const { can, member: me } = useMe()
  const manage = can('members.manage')
  const members = useQuery(listOptions('members', { filter: PEOPLE, sort: 'name' }))
  const roles = useQuery(listOptions('roles', { sort: 'name' }))
  const queues = useQuery(listOptions('queues', { sort: 'name' }))
  const [inviting, setInviting] = useState(false)
  const [adding, setAdding] = useState(false)
  const [question, setQuestion] = useState<Question>()

  const change = useMutation({
    mutationFn: ({ id, ...changes }: Partial<MembersRecord> & { id: string }) => saveRecord('members', id, changes),
    onSuccess: () => toast(t('app:common.saved')),
    onError: (error) => toastError(error),
  })
  const error = members.error ?? roles.error
  const all = members.data?.items.toSorted((a, b) => Number(b.active) - Number(a.active)) ?? []

  return (
    <SettingsPage
      title={t('app:nav.members')}
      actions={
        manage && (
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" leftSection={<IconUserPlus size={15} />} onClick={() => setAdding(true)}>
              {t('members.add')}
            </Button>
            <Button leftSection={<IconLink size={15} />} onClick={() => setInviting(true)}>
              {t('members.invite')}
            </Button>
          </Group>
        )
      }
    >
      <Section title={t('members.team')} text={manage ? t('members.teamText') : t('members.readOnly')}>
        {error ? (
          <ErrorState error={error} onRetry={() => void Promise.all([members.refetch(), roles.refetch()])} />
        ) : !members.data || !roles.data ? (
          <ListSkeleton height={52} rows={3} />
        ) : (
          <ul className={c.rows}>
            {all.map((member) => (
              <Row
                key={member.id}
                member={member}
                roles={roles.data.items}
                queues={queues.data?.items ?? []}
                manager={all.find(({ id }) => id === member.manager)?.name ?? ''}
                manage={manage}
                self={member.id === me?.id}
                onRole={(role) => change.mutate({ id: member.id, role })}
                onActivate={() => change.mutate({ id: member.id, active: true })}
                onAsk={setQuestion}
              />
            ))}
          </ul>
        )}
      </Section>
      {manage && roles.data && <Invites roles={roles.data.items} onInvite={() => setInviting(true)} />}
      <Suspense fallback={null}>
        {inviting && roles.data && <InviteModal roles={orderedRoles(roles.data.items)} members={all} onClose={() => setInviting(false)} />}
        {adding && roles.data && <AddModal roles={roles.data.items} members={all} onClose={() => setAdding(false)} />}
        {question?.kind === 'access' && roles.data && (
          <AccessDrawer member={question.member} members={all} roles={roles.data.items} onClose={() => setQuestion(undefined)} />
        )}
        {question?.kind === 'deactivate' && (
          <LeaveModal
            member={question.member}
            members={all}
            self={question.member.id === me?.id}
            onDone={() => {
              toast(t('app:common.saved'))
              setQuestion(undefined)
            }}
            onClose={() => setQuestion(undefined)}
          />
        )}
      </Suspense>
      {question?.kind === 'work' && queues.data && <MemberDrawer member={question.member} queues={queues.data.items} onClose={() => setQuestion(undefined)} />}
      {question?.kind === 'reset' && <ResetModal member={question.member} onClose={() => setQuestion(undefined)} />}
    </SettingsPage>
  )
}

interface RowProps {
  member: MembersRecord
  roles: RolesRecord[]
  queues: QueuesRecord[]
  /** The name of who manages them. */
  manager: string
  manage: boolean
  self: boolean
  onRole(role: string): void
  onActivate(): void
  onAsk(question: Question): void
}

function Row({ member, roles, queues, manager, manage, self, onRole, onActivate, onAsk }: RowProps) {
  const { t } = useTranslation('settings')
  const role = roles.find((one) => one.id === member.role)
  const name = member.name || member.email
  return (
    <li className={`${c.row} ${c.member}`}>
      <Avatar name={name} size={36} />
      <div className={c.who}>
        <div className={`${c.name} line`}>
          {name}{' '}
          {self && (
            <Text span size="xs" c="dimmed">
              {t('members.self')}
            </Text>
          )}
        </div>
        <div className={`${c.meta} line`}>{[member.email, manager && t('people:access.under', { name: manager }), ...queues.filter(({ id }) => member.queues.includes(id)).map((queue) => queue.name)].filter(Boolean).join(' · ')}</div>
      </div>
      {member.active && member.away && <Badge color="gray" variant="default">{t('members.isAway')}</Badge>}
      {!member.active && <Badge color="gray" variant="default">{t('members.inactive')}</Badge>}
      {manage && member.active ? (
        <Select
          className={c.role}
          size="xs"
          aria-label={t('members.roleOf', { name })}
          data={orderedRoles(roles).map((one) => ({ value: one.id, label: roleName(one, t) }))}
          value={member.role}
          onChange={(next) => next && next !== member.role && onRole(next)}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {roleName(role, t)}
        </Text>
      )}
      {manage && (
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon size={34} aria-label={t('members.more', { name })}>
              <IconDots size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {member.active && (
              <Menu.Item leftSection={<IconStack2 size={15} />} onClick={() => onAsk({ kind: 'work', member })}>
                {t('members.work')}
              </Menu.Item>
            )}
            {member.active && (
              <Menu.Item leftSection={<IconShieldCog size={15} />} onClick={() => onAsk({ kind: 'access', member })}>
                {t('people:access.open')}
              </Menu.Item>
            )}
            {!self && member.active && (
              <Menu.Item leftSection={<IconKey size={15} />} onClick={() => onAsk({ kind: 'reset', member })}>
                {t('members.reset')}
              </Menu.Item>
            )}
            {member.active ? (
              <Menu.Item leftSection={<IconUserOff size={15} />} c="var(--app-danger)" onClick={() => onAsk({ kind: 'deactivate', member })}>
                {t(self ? 'people:leave.selfDo' : 'members.deactivate')}
              </Menu.Item>
            ) : (
              <Menu.Item leftSection={<IconUserCheck size={15} />} onClick={onActivate}>
                {t('members.activate')}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
    </li>
  )
}

/** A new password, made by the server and shown once. */
function ResetModal({ member, onClose }: { member: MembersRecord; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const reset = useMutation({ mutationFn: () => api<{ password: string }>(`/api/recado/members/${member.id}/reset-password`, { method: 'POST' }) })
  return (
    <Modal opened onClose={onClose} title={t('members.resetTitle', { name: member.name || member.email })} closeOnClickOutside={!reset.data} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <Stack>
        {reset.data ? (
          <>
            <CopyField label={t('members.newPassword')} value={reset.data.password} hint={t('members.newPasswordHint')} />
            <Button size="sm" variant="default" onClick={onClose}>
              {t('members.done')}
            </Button>
          </>
        ) : (
          <>
            <Text size="sm">{t('members.resetText')}</Text>
            <FormError error={reset.error} />
            <Button size="sm" loading={reset.isPending} onClick={() => reset.mutate()}>
              {t('members.reset')}
            </Button>
          </>
        )}
      </Stack>
    </Modal>
  )
}
