import { IconDatabaseExclamation } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { useCompanyId, useMe } from '@/lib/company'
import { healthOptions } from '@/lib/health'
import c from './OfflineBanner.module.css'

/** Says that the server has no room left: to everybody when nothing can be saved, before that to those who can do something. */
export function DiskBanner() {
  const { t } = useTranslation()
  const company = useCompanyId()
  const { can } = useMe()
  const disk = useQuery(healthOptions()).data?.disk
  const full = disk?.ok === false
  const low = !full && disk?.low === true && can('company.manage')

  return (
    <div role="status" aria-live="polite">
      {(full || low) && (
        <div className={c.root} data-full={full || undefined}>
          <IconDatabaseExclamation size={16} />
          <span>{full ? t('disk.full') : t('disk.low')}</span>
          {can('company.manage') && (
            <Link to="/c/$company/settings/system" params={{ company }}>
              {t('disk.look')}
            </Link>
          )}
        </div>
      )}
    </div>
  )
}
