import { IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useCompanyId, useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { api } from '@/lib/pb'
import c from './OfflineBanner.module.css'

const PATIENCE = 5 * 60_000

/** Says on every screen that a WhatsApp number has been off for more than five minutes. */
export function NumberBanner() {
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
