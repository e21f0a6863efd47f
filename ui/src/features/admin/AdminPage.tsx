import { Anchor, Badge, Button, Group, NumberInput, PasswordInput, Progress, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconBuildings, IconChevronDown, IconChevronRight, IconLogout } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { ConfirmButton } from '@/components/ConfirmButton'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { fault } from '@/lib/errors'
import { fold } from '@/lib/fold'
import { useFormat } from '@/lib/format'
import { roleName } from '@/lib/roles'
import { toast, toastError } from '@/lib/toast'
import { actFor, changeTenant, isRoot, overviewOptions, root, type Limits, type Tenant } from './api'
import c from './Admin.module.css'

/** All companies of this Recado, for whoever runs it: a superuser of the dashboard. */
export default function AdminPage() {
  const [inside, setInside] = useState(isRoot)
  return inside ? <Overview onOut={() => setInside(false)} /> : <Entrance onIn={() => setInside(true)} />
}

function Entrance({ onIn }: { onIn(): void }) {
  const { t } = useTranslation('admin')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const enter = useMutation({ mutationFn: () => root.collection('_superusers').authWithPassword(email.trim(), password), onSuccess: onIn })
  // a second factor is asked for by the dashboard, whose sign-in counts here too
  const second = Boolean((enter.error as { response?: { mfaId?: string } } | null)?.response?.mfaId)
  return (
    <AuthLayout title={t('in.title')} text={t('in.text')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          enter.mutate()
        }}
      >
        <Stack>
          <TextInput label={t('in.email')} type="email" autoComplete="username" required autoFocus value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
          <PasswordInput label={t('in.password')} autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('in.show') }} />
          <FormError error={enter.error} text={second ? t('in.second') : enter.error && fault(enter.error).status === 400 ? t('in.refused') : undefined} />
          <Button type="submit" size="sm" loading={enter.isPending}>
            {t('in.do')}
          </Button>
          {second && (
            <Anchor href="/_/" underline="always">
              {t('dashboard')}
            </Anchor>
          )}
        </Stack>
      </form>
    </AuthLayout>
  )
}

function Overview({ onOut }: { onOut(): void }) {
  const { t } = useTranslation('admin')
  const format = useFormat()
  const overview = useQuery(overviewOptions())
  const [q, setQ] = useState('')
  const [open, setOpen] = useState('')
  const out = () => {
    root.authStore.clear()
    onOut()
  }
  if (overview.error && [401, 403].includes(fault(overview.error).status)) {
    return <Entrance onIn={() => void overview.refetch()} />
  }
  const data = overview.data
  const shown = data?.companies.filter((one) => fold([one.name, one.slug, ...one.members.flatMap((member) => [member.name, member.email])].join(' ')).includes(fold(q))) ?? []
  const total = data?.total
  return (
    <div className={c.root}>
      <header className={c.head}>
        <h1>{t('title')}</h1>
        <Group gap="xs">
          <Button component="a" href="/_/" variant="default">
            {t('dashboard')}
          </Button>
          <Button variant="default" leftSection={<IconLogout size={15} />} onClick={out}>
            {t('app:shell.signOut')}
          </Button>
        </Group>
      </header>
      <main className={c.main}>
        {overview.error ? (
          <ErrorState error={overview.error} onRetry={() => void overview.refetch()} />
        ) : !data || !total ? (
          <ListSkeleton height={72} rows={5} />
        ) : (
          <>
            <dl className={c.totals}>
              {[
                [t('total.companies'), format.number(total.companies)],
                [t('total.people'), format.number(total.people)],
                [t('total.contacts'), format.number(total.contacts)],
                [t('total.messages', { count: data.days }), format.number(total.messages_in + total.messages_out)],
                [t('total.files'), format.bytes(total.bytes)],
              ].map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            {data.disk && (
              <div>
                <Text size="sm" mb={4}>
                  {t('disk', { free: format.bytes(data.disk.free), size: format.bytes(data.disk.size) })}
                </Text>
                <Progress value={(100 * (data.disk.size - data.disk.free)) / data.disk.size} aria-label={t('used')} />
              </div>
            )}
            <Section title={t('companies')} action={data.companies.length > 5 && <TextInput aria-label={t('search')} placeholder={t('search')} value={q} onChange={(event) => setQ(event.currentTarget.value)} />}>
              {shown.length === 0 ? (
                <EmptyState icon={IconBuildings} title={t('empty')} text={t('emptyText')} />
              ) : (
                <ul className={c.rows}>
                  {shown.map((one) => (
                    <Row key={one.id} tenant={one} days={data.days} open={open === one.id} onOpen={() => setOpen(open === one.id ? '' : one.id)} />
                  ))}
                </ul>
              )}
            </Section>
          </>
        )}
      </main>
    </div>
  )
}

const HEALTHY = new Set(['online', 'off', ''])

function Row({ tenant, days, open, onOpen }: { tenant: Tenant; days: number; open: boolean; onOpen(): void }) {
  const { t } = useTranslation('admin')
  const format = useFormat()
  const ill = tenant.channels.filter((channel) => channel.active && !HEALTHY.has(channel.state))
  const state = tenant.suspended ? 'suspended' : tenant.removal ? 'leaving' : tenant.active ? '' : 'closed'
  const facts = [
    t('facts.people', { count: tenant.members.filter((member) => member.active).length }),
    t('facts.contacts', { count: tenant.contacts }),
    t('facts.messages', { in: format.number(tenant.messages_in), out: format.number(tenant.messages_out), days }),
    format.bytes(tenant.bytes),
  ]
  return (
    <li className={c.row}>
      <UnstyledButton className={c.line} aria-expanded={open} onClick={onOpen}>
        {open ? <IconChevronDown size={16} /> : <IconChevronRight size={16} />}
        <span className={c.who}>
          <span className={c.name} data-user-text>
            {tenant.name}
          </span>
          <span className={c.meta}>{facts.join(' · ')}</span>
        </span>
        {state && (
          <Badge color={state === 'suspended' ? 'red' : 'gray'} variant="light">
            {t(`state.${state}`)}
          </Badge>
        )}
        <Badge color={ill.length > 0 ? 'red' : 'green'} variant="light">
          {ill.length > 0 ? t('channels.ill', { count: ill.length }) : t('channels.well', { count: tenant.channels.length })}
        </Badge>
      </UnstyledButton>
      {open && <Detail tenant={tenant} />}
    </li>
  )
}

const KINDS = ['members', 'channels', 'contacts', 'messages'] as const

function Detail({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation('admin')
  const format = useFormat()
  const [limits, setLimits] = useState<Limits>(tenant.limits ?? {})
  const change = useMutation({
    mutationFn: (changes: { suspended?: boolean; limits?: Limits }) => changeTenant(tenant.id, changes),
    onSuccess: () => toast(t('app:common.saved')),
    onError: (error) => toastError(error),
  })
  const act = useMutation({ mutationFn: (user: string) => actFor(user, tenant.id), onError: (error) => toastError(error) })
  return (
    <div className={c.detail}>
      <section>
        <h3>{t('channels.title')}</h3>
        {tenant.channels.length === 0 && <Text size="sm">{t('channels.none')}</Text>}
        <ul className={c.plain}>
          {tenant.channels.map((channel) => (
            <li key={channel.id}>
              <span data-user-text>{channel.name}</span>{' '}
              <span className={c.meta}>
                {t(`kind.${channel.kind}`)} · {channel.active ? channel.state || t('channels.unknown') : t('channels.off')}
                {channel.state_since && ` · ${format.relative(channel.state_since)}`}
                {channel.state_reason && ` · ${channel.state_reason}`}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t('people.title')}</h3>
        <ul className={c.plain}>
          {tenant.members.map((member) => (
            <li key={member.id} className={c.person}>
              <span className={c.who}>
                <span data-user-text>{member.name || member.email}</span>
                <span className={c.meta}>
                  {[member.email, roleName({ name: member.role, key: member.role_key }, t), member.active ? '' : t('people.inactive'), member.last_seen && t('people.seen', { when: format.relative(member.last_seen) })].filter(Boolean).join(' · ')}
                </span>
              </span>
              {member.active && !tenant.suspended && (
                <ConfirmButton question={t('people.actText', { name: member.name || member.email })} confirm={t('people.act')} onConfirm={() => act.mutateAsync(member.user).catch(() => undefined)}>
                  {t('people.act')}
                </ConfirmButton>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3>{t('limits.title')}</h3>
        <div className={c.limits}>
          {KINDS.map((kind) => (
            <NumberInput key={kind} label={t(`limits.${kind}`)} min={0} allowDecimal={false} value={limits[kind] ?? 0} onChange={(value) => setLimits({ ...limits, [kind]: Number(value) || 0 })} />
          ))}
        </div>
        <Text size="xs" c="dimmed" my="xs">
          {t('limits.hint')}
        </Text>
        <Group gap="xs">
          <Button variant="default" loading={change.isPending} onClick={() => change.mutate({ limits })}>
            {t('app:common.save')}
          </Button>
          {tenant.suspended ? (
            <Button variant="default" onClick={() => change.mutate({ suspended: false })}>
              {t('suspend.lift')}
            </Button>
          ) : (
            <ConfirmButton color="red" variant="outline" question={t('suspend.text', { name: tenant.name })} confirm={t('suspend.do')} onConfirm={() => change.mutateAsync({ suspended: true }).catch(() => undefined)}>
              {t('suspend.do')}
            </ConfirmButton>
          )}
        </Group>
      </section>
    </div>
  )
}
