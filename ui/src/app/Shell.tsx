import { ActionIcon, Kbd, UnstyledButton } from '@mantine/core'
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconSearch } from '@tabler/icons-react'
import { Link, Outlet, useNavigate, useParams } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { DiskBanner } from '@/components/DiskBanner'
import { NumberBanner } from '@/components/NumberBanner'
import { OfflineBanner } from '@/components/OfflineBanner'
import { PageSkeleton } from '@/components/PageSkeleton'
import { keyCaps, listenToHotkeys, useHotkeys } from '@/lib/hotkeys'
import { useMe } from '@/lib/company'
import { openLive } from '@/lib/live'
import { useNotify } from '@/lib/notify/useNotify'
import { CompanyMenu } from './CompanyMenu'
import { NAV } from './nav'
import c from './Shell.module.css'
import { useFollowAccess } from './useFollowAccess'
import { useSession } from './useSession'
import { PersonMenu } from './PersonMenu'

const ActingBanner = lazy(() => import('@/components/ActingBanner'))
const ClosedBanner = lazy(() => import('@/components/ClosedBanner'))
const CommandPalette = lazy(() => import('./CommandPalette'))
const HotkeyHelp = lazy(() => import('./HotkeyHelp'))
const NARROW = 'recado-nav'

/** What stands around every page of a company: navigation, the live feed, notifications, shortcuts. */
export function Shell() {
  const { t } = useTranslation()
  const { company } = useParams({ from: '/c/$company' })
  const navigate = useNavigate()
  const [overlay, setOverlay] = useState<'palette' | 'help'>()
  const [narrow, setNarrow] = useState(() => localStorage.getItem(NARROW) === 'narrow')
  const unread = useNotify()
  const { can } = useMe()
  const areas = NAV.filter((item) => !item.permission || can(item.permission))

  useEffect(() => openLive(company), [company])
  useEffect(listenToHotkeys, [])
  useSession()
  useFollowAccess(company)
  useHotkeys(t('hotkeys.everywhere'), [
    { keys: 'mod+k', label: t('palette.title'), run: () => setOverlay('palette'), inFields: true },
    ...areas.filter((item) => item.hotkey).map((item) => ({
      keys: item.hotkey!,
      label: t('hotkeys.go', { place: t(`nav.${item.key}`) }),
      run: () => void navigate({ to: item.to, params: { company } }),
    })),
    { keys: '?', label: t('hotkeys.title'), run: () => setOverlay('help') },
  ])

  function fold() {
    localStorage.setItem(NARROW, narrow ? 'wide' : 'narrow')
    setNarrow(!narrow)
  }

  const badge = unread > 0 && (
    <span className={c.count} aria-label={t('shell.unread', { count: unread })}>
      {unread > 99 ? '99+' : unread}
    </span>
  )

  return (
    <div className={c.root} data-narrow={narrow || undefined}>
      <a href="#main" className={c.skip}>
        {t('shell.skip')}
      </a>
      <nav className={c.nav} aria-label={t('shell.navigation')}>
        <CompanyMenu className={c.company!} logo={c.logo!} />
        <UnstyledButton className={c.search} onClick={() => setOverlay('palette')} aria-label={t('palette.title')}>
          <IconSearch size={14} stroke={1.75} />
          <span>{t('palette.search')}</span>
          <Kbd size="xs" translate="no">{keyCaps('mod+k').join(' ')}</Kbd>
        </UnstyledButton>
        <div className={c.links}>
          {areas.map((item) => (
            <Link key={item.key} data-hint={narrow ? t(`nav.${item.key}`) : undefined} data-hint-side="right" to={item.to} params={{ company }} className={c.link} aria-label={narrow ? t(`nav.${item.key}`) : undefined}>
              <item.icon size={18} stroke={1.6} />
              <span>{t(`nav.${item.key}`)}</span>
              {item.key === 'inbox' && badge}
            </Link>
          ))}
        </div>
        <div className={c.foot}>
          <PersonMenu className={c.person!} onHelp={() => setOverlay('help')} />
          <ActionIcon onClick={fold} aria-label={narrow ? t('shell.expand') : t('shell.collapse')} aria-expanded={!narrow}>
            {narrow ? <IconLayoutSidebarLeftExpand size={18} stroke={1.6} /> : <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} />}
          </ActionIcon>
        </div>
      </nav>
      <main id="main" className={c.main} tabIndex={-1}>
        <OfflineBanner />
        <Suspense fallback={null}>
          <ActingBanner />
          <ClosedBanner />
        </Suspense>
        <DiskBanner />
        <NumberBanner />
        <div className={c.page}>
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </div>
      </main>
      <nav className={c.bar} aria-label={t('shell.navigation')}>
        {areas.map((item) => (
          <Link key={item.key} to={item.to} params={{ company }} className={c.tab}>
            <item.icon size={22} stroke={1.6} />
            <span>{t(`nav.${item.key}`)}</span>
            {item.key === 'inbox' && badge}
          </Link>
        ))}
        <PersonMenu className={c.tab!} tab onHelp={() => setOverlay('help')} />
      </nav>
      <Suspense fallback={null}>
        {overlay === 'palette' && <CommandPalette company={company} onClose={() => setOverlay((open) => (open === 'palette' ? undefined : open))} onHelp={() => setOverlay('help')} />}
        {overlay === 'help' && <HotkeyHelp onClose={() => setOverlay(undefined)} />}
      </Suspense>
    </div>
  )
}
