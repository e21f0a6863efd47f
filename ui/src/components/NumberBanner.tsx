import { IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useCompanyId, useMe, userOptions } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { claim, showDesktop } from '@/lib/notify/effects'
import { api } from '@/lib/pb'
import { preferencesOf, tells } from '@/lib/preferences'
import c from './OfflineBanner.module.css'

const PATIENCE = 5 * 60_000

/** Says on every screen that a WhatsApp number has been off for more than five minutes. */
export default function NumberBanner() {
  const { t } = useTranslation()
  const company = useCompanyId()
  const { can } = useMe()
  const channels = useQuery(listOptions('channels', { sort: 'name' })).data?.items
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000)
    return () => clearInterval(timer)
  }, [])
  const off = channels?.find(
    (channel) => channel.kind === 'whatsapp' && channel.active && channel.off_since !== '' && now - Date.parse(channel.off_since.replace(' ', 'T')) > PATIENCE,
  )
  const manages = can('channels.manage')
  const { data: user } = useQuery(userOptions())
  const navigate = useNavigate()
  useEffect(() => {
    if (!off || !user || !preferencesOf(user).desktop || !tells(user, company, 'channel_off', 'browser') || document.hasFocus() || !claim(off.id + off.off_since)) return
    showDesktop(off.name, t('numberOff.text', { name: off.name, number: off.number }), off.id, () => void navigate({ to: '/c/$company/settings/channels/{-$channel}', params: { company, channel: off.id } }))
    // oxlint-disable-next-line react/exhaustive-deps -- once each time it goes off
  }, [off?.id, off?.off_since, user])
  const waiting = useQuery({
    queryKey: ['whatsapp', 'waiting', off?.id],
    queryFn: ({ signal }) => api<{ waiting: number }>(`/api/recado/channels/${off!.id}/link`, { signal }),
    enabled: off !== undefined && manages,
    refetchInterval: 60_000,
  }).data?.waiting

  return (
    <div role="status" aria-live="polite">
      {off && (
        <div className={c.root}>
          <IconPlugConnectedX size={16} />
          <span>
            {t('numberOff.text', { name: off.name, number: off.number })} {waiting ? t('numberOff.waiting', { count: waiting }) : ''}
          </span>
          {manages && (
            <Link to="/c/$company/settings/channels/{-$channel}" params={{ company, channel: off.id }}>
              {t('numberOff.look')}
            </Link>
          )}
        </div>
      )}
    </div>
  )
}
