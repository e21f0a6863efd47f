import { Link, Outlet, useMatchRoute } from '@tanstack/react-router'
import { Suspense } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { SETTINGS } from '@/app/nav'
import { PageHeader } from '@/components/PageHeader'
import { PageSkeleton } from '@/components/PageSkeleton'
import { useCompanyId, useMe } from '@/lib/company'
import c from './SettingsLayout.module.css'

// a link leaves out what another screen has open: parameters are kept otherwise
const NOTHING = { channel: undefined, agenda: undefined, service: undefined }

/** The settings: their list on the left, one of them beside it. On a phone the list is a page of its own. */
export default function SettingsLayout() {
  const { t } = useTranslation()
  const company = useCompanyId()
  const { can } = useMe()
  const home = Boolean(useMatchRoute()({ to: '/c/$company/settings', params: { company } }))

  return (
    <>
      {home && <PageHeader title={t('nav.settings')} />}
      <div className={c.root} data-home={home || undefined}>
        <nav className={c.nav} aria-label={t('nav.settings')}>
          {SETTINGS.filter((item) => !item.permission || can(item.permission)).map((item) => (
            <Link key={item.key} to={item.to} params={{ company, ...NOTHING }} className={c.link}>
              <item.icon size={18} stroke={1.6} />
              {t(`nav.${item.key}`)}
            </Link>
          ))}
        </nav>
        <div className={c.page}>
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </div>
      </div>
    </>
  )
}
