import { Title } from '@mantine/core'
import { IconChevronLeft } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useCompanyId } from '@/lib/company'
import header from './PageHeader.module.css'
import c from './SettingsPage.module.css'

/** A screen of the settings: its name, its actions, its sections under each other. */
export function SettingsPage({ title, actions, wide = false, children }: { title: string; actions?: ReactNode; wide?: boolean; children: ReactNode }) {
  const { t } = useTranslation()
  const company = useCompanyId()
  return (
    <>
      <header className={header.root}>
        <div className={header.title}>
          <Link to="/c/$company/settings" params={{ company }} className={c.back} aria-label={t('nav.settings')}>
            <IconChevronLeft size={22} />
          </Link>
          <Title order={1} size="h2" className="line">
            {title}
          </Title>
        </div>
        {actions && <div className={header.actions}>{actions}</div>}
      </header>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div className={c.scroll} tabIndex={0} role="region" aria-label={title}>
        <div className={`${c.content} ${wide ? c.wide : ''}`}>{children}</div>
      </div>
    </>
  )
}

/** A framed part of a settings screen. */
export function Section({ title, text, action, children }: { title: string; text?: string | undefined; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={c.section}>
      <header>
        <div>
          <h2>{title}</h2>
          {text && <p>{text}</p>}
        </div>
        {action}
      </header>
      {children}
    </section>
  )
}
