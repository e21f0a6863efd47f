import { useTranslation } from '@/lib/useTranslation'
import type { Row } from '../api'
import c from '../Reports.module.css'

export interface Column<F> {
  label: string
  cell(figures: F): string
}

/** The figures of each member, queue, channel, agenda or service. `none` is what has no name. */
export function Table<F>({ title, rows, columns, none }: { title: string; rows: Row<F>[]; columns: Column<F>[]; none: string }) {
  const { t } = useTranslation('reports')
  if (rows.length === 0) return null
  return (
    <section className={c.card}>
      <h2 className={c.title}>{title}</h2>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div className={c.tableBox} tabIndex={0} role="region" aria-label={title}>
        <table className={c.table}>
          <thead>
            <tr>
              <th scope="col">{t('table.name')}</th>
              {columns.map((column) => (
                <th key={column.label} scope="col">
                  {column.label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <th scope="row">{row.name ? <span data-user-text>{row.name}</span> : <span className={c.none}>{none}</span>}</th>
                {columns.map((column) => (
                  <td key={column.label}>{column.cell(row.figures)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
