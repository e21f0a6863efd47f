import { Badge, Button, Menu } from '@mantine/core'
import { IconBrandWhatsapp, IconChevronRight, IconMessageCircle, IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { COLORS } from '@/components/ColorField'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useCompany, useCompanyId, useMe } from '@/lib/company'
import { listOptions, saveRecord } from '@/lib/data'
import type { ChannelsRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { NumberForm } from '../whatsapp/NumberForm'
import { ChannelForm } from './parts/ChannelForm'
import c from './Settings.module.css'

export default function ChannelsPage() {
  const { t } = useTranslation('settings')
  const { can } = useMe()
  const navigate = useNavigate()
  const company = useCompanyId()
  const record = useCompany()
  const id = useParams({ strict: false, select: (params: { channel?: string }) => params.channel })
  const channels = useQuery(listOptions('channels', { sort: 'name' }))
  const create = useMutation({
    mutationFn: (kind: 'webchat' | 'whatsapp') =>
      saveRecord('channels', undefined, {
        company,
        kind,
        answerer: 'bot',
        active: true,
        ...(kind === 'whatsapp'
          ? { name: t('channels.newNumber'), settings: { answer: 'nobody' } }
          : { name: t('channels.newName'), origins: [], settings: { title: record?.name ?? '', greeting: '', color: COLORS[0], locale: record?.locale ?? 'en', privacy_url: '' } }),
      }),
    onSuccess: (made) => navigate({ to: '/c/$company/settings/channels/{-$channel}', params: { company, channel: made.id } }),
    onError: (error) => toastError(error),
  })
  const title = t('app:nav.channels')

  if (!can('channels.manage')) {
    return (
      <SettingsPage title={title}>
        <NoPermission />
      </SettingsPage>
    )
  }
  if (channels.error || !channels.data) {
    return (
      <SettingsPage title={title}>{channels.error ? <ErrorState error={channels.error} onRetry={() => void channels.refetch()} /> : <ListSkeleton height={120} rows={3} />}</SettingsPage>
    )
  }
  const chosen = channels.data.items.find((channel) => channel.id === id)
  if (chosen) {
    return (
      <SettingsPage
        wide={chosen.kind === 'webchat'}
        title={chosen.name}
        actions={
          <Button component={Link} variant="default" to="/c/$company/settings/channels/{-$channel}" params={{ company, channel: undefined } as never}>
            {t('channels.all')}
          </Button>
        }
      >
        {chosen.kind === 'whatsapp' ? <NumberForm key={chosen.id} channel={chosen} /> : <ChannelForm key={chosen.id} channel={chosen} />}
      </SettingsPage>
    )
  }
  const add = (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button leftSection={<IconPlus size={15} />} loading={create.isPending}>
          {t('channels.add')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconBrandWhatsapp size={16} />} onClick={() => create.mutate('whatsapp')}>
          {t('channels.add_whatsapp')}
        </Menu.Item>
        <Menu.Item leftSection={<IconMessageCircle size={16} />} onClick={() => create.mutate('webchat')}>
          {t('channels.add_webchat')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )

  return (
    <SettingsPage title={title} actions={add}>
      <Section title={t('channels.title')} text={t('channels.text')}>
        {channels.data.items.length === 0 ? (
          <EmptyState icon={IconMessageCircle} title={t('channels.empty')} text={t('channels.emptyText')}>
            {add}
          </EmptyState>
        ) : (
          <ul className={c.rows}>
            {channels.data.items.map((channel) => (
              <li key={channel.id}>
                <Link className={`${c.row} ${c.button}`} style={{ paddingInline: 8 }} to="/c/$company/settings/channels/{-$channel}" params={{ company, channel: channel.id }}>
                  <span className={c.color} style={{ background: colorOf(channel) }} />
                  <span className={c.who}>
                    <span className={c.name}>{channel.name}</span>
                    <br />
                    <span className={c.meta}>
                      {t(`channels.kind_${channel.kind}`)} {channel.number} · {t(`channels.answerer_${channel.answerer || 'none'}`)}
                    </span>
                  </span>
                  <Badge variant="light" color={channel.active ? 'brand' : 'gray'}>
                    {channel.active && channel.kind === 'whatsapp' ? t(`number.state_${channel.state || 'unlinked'}`) : channel.active ? t('channels.on') : t('channels.off')}
                  </Badge>
                  <IconChevronRight size={16} />
                </Link>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </SettingsPage>
  )
}

function colorOf(channel: ChannelsRecord): string {
  return (channel.settings as { color?: string } | null)?.color || COLORS[0]
}
