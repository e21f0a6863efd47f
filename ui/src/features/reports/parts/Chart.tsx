import { useElementSize } from '@mantine/hooks'
import { useId } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { axis, labelled } from '../scale'
import { dayText } from '../words'
import { useFormat } from '@/lib/format'
import c from './Chart.module.css'

export interface Series {
  label: string
  /** One for each day; null where there is nothing to say */
  values: (number | null)[]
}

const HEIGHT = 180
const BOTTOM = 22
const LEFT = 44

/**
 * Days as bars side by side, or as lines. Whoever can't see it, or wants the numbers, opens the table behind it.
 * `show` writes a value; `units` are the steps of the axis where they are not decimal.
 */
export function Chart({ title, days, series, lines = false, show }: { title: string; days: string[]; series: Series[]; lines?: boolean; show?: (value: number) => string }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const id = useId()
  const { ref, width } = useElementSize()
  const write = show ?? ((value: number) => format.number(value))
  const { top, ticks } = axis(Math.max(0, ...series.flatMap((one) => one.values.map((value) => value ?? 0))))
  const wide = Math.max(0, width - LEFT)
  const step = wide / Math.max(1, days.length)
  const y = (value: number): number => (HEIGHT - BOTTOM) * (1 - value / top) + 6
  const bar = Math.min(22, (step * 0.72) / series.length)
  const text = (index: number): string => series.map((one) => `${one.label}: ${one.values[index] === null ? '–' : write(one.values[index]!)}`).join('\n')

  return (
    <section className={c.root} aria-labelledby={id}>
      <div className={c.head}>
        <h2 id={id} className={c.title}>
          {title}
        </h2>
        <ul className={c.legend} aria-hidden>
          {series.map((one, index) => (
            <li key={one.label}>
              <span className={c.key} data-series={index} />
              {one.label}
            </li>
          ))}
        </ul>
      </div>
      <div ref={ref} className={c.canvas}>
        {width > 0 && (
          <svg width={width} height={HEIGHT + 6} aria-hidden className={c.svg}>
            {ticks.map((tick) => (
              <g key={tick}>
                <line x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} className={c.grid} />
                <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end" className={c.tick}>
                  {write(tick)}
                </text>
              </g>
            ))}
            {labelled(days.length, wide / 64).map((index) => (
              <text key={index} x={Math.min(width - 24, LEFT + step * (index + 0.5))} y={HEIGHT + 2} textAnchor="middle" className={c.tick}>
                {dayText(days[index]!, format.locale)}
              </text>
            ))}
            {lines
              ? series.map((one, number) => <Line key={one.label} values={one.values} number={number} x={(index) => LEFT + step * (index + 0.5)} y={y} />)
              : series.flatMap((one, number) =>
                  one.values.map((value, index) =>
                    value ? <rect key={`${number}-${days[index]!}`} x={LEFT + step * (index + 0.5) + bar * (number - series.length / 2)} width={Math.max(1, bar - 1)} y={y(value)} height={y(0) - y(value)} rx={Math.min(2, bar / 3)} data-series={number} className={c.mark} /> : null,
                  ),
                )}
            {days.map((day, index) => (
              <rect key={day} x={LEFT + step * index} width={step} y={0} height={HEIGHT - BOTTOM + 6} className={c.hit}>
                <title>{`${dayText(day, format.locale)}\n${text(index)}`}</title>
              </rect>
            ))}
          </svg>
        )}
      </div>
      <details className={c.details}>
        <summary>{t('chart.table')}</summary>
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
        <div className={c.tableBox} tabIndex={0} role="region" aria-label={t('chart.tableOf', { title })}>
          <table className={c.table}>
            <thead>
              <tr>
                <th scope="col">{t('chart.day')}</th>
                {series.map((one) => (
                  <th key={one.label} scope="col">
                    {one.label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {days.map((day, index) => (
                <tr key={day}>
                  <th scope="row">{dayText(day, format.locale)}</th>
                  {series.map((one) => (
                    <td key={one.label}>{one.values[index] === null ? '–' : write(one.values[index]!)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </section>
  )
}

/** A line that is broken where there is nothing; a day between two such is a dot. */
function Line({ values, number, x, y }: { values: (number | null)[]; number: number; x: (index: number) => number; y: (value: number) => number }) {
  const path = values.map((value, index) => (value === null ? '' : `${index === 0 || values[index - 1] === null ? 'M' : 'L'}${x(index).toFixed(1)} ${y(value).toFixed(1)}`)).join('')
  return (
    <g data-series={number} className={c.mark}>
      <path d={path} fill="none" strokeWidth={2} strokeLinejoin="round" className={c.line} />
      {values.map((value, index) => (value === null ? null : <circle key={x(index)} cx={x(index)} cy={y(value)} r={values.length > 60 ? 1.5 : 3} />))}
    </g>
  )
}
