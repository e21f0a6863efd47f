import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import type { Rating } from '../api'
import { percent } from '../words'
import c from '../Reports.module.css'

/** How often each score was given, from the best on. */
export function Ratings({ rating }: { rating: Rating }) {
  const { t } = useTranslation('reports')
  const format = useFormat()
  const scores = rating.scores.map((count, score) => ({ count, score })).filter((one) => one.score > 0 || one.count > 0 || rating.scale === 10).toReversed()
  return (
    <section className={c.card}>
      <h2 className={c.title}>{t('ratings.title')}</h2>
      <table className={c.scores} aria-label={t('ratings.caption', { scale: rating.scale })}>
        <tbody>
          {scores.map(({ count, score }) => (
            <tr key={score}>
              <th scope="row">{format.number(score)}</th>
              <td className={c.meter} aria-hidden>
                <svg width="100%" height="10" preserveAspectRatio="none" viewBox="0 0 100 10">
                  <rect width="100" height="10" className={c.track} />
                  <rect width={(100 * count) / rating.count} height="10" className={c.fill} />
                </svg>
              </td>
              <td>{format.number(count)}</td>
              <td>{percent(format, count / rating.count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
