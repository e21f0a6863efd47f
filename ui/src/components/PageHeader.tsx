import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import c from './PageHeader.module.css'

/** The bar on top of a page: its name, something beside it, and its actions. */
export function PageHeader({ title, extra, children }: { title: string; extra?: ReactNode; children?: ReactNode }) {
  return (
    <header className={c.root}>
      <div className={c.title}>
        <Title order={1} size="h2" className="line">
          {title}
        </Title>
        {extra}
      </div>
      {children && <div className={c.actions}>{children}</div>}
    </header>
  )
}
