import { Skeleton } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'
import { ROW } from './ConversationRow'
import c from './Skeletons.module.css'

/** The shape of the list while it loads. */
export function RowSkeletons() {
  const { t } = useTranslation('inbox')
  return (
    <div className={c.rows} role="status" aria-busy="true" aria-label={t('loading')}>
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className={c.row} style={{ height: ROW }}>
          <Skeleton circle height={38} width={38} />
          <div className={c.lines}>
            <Skeleton height={12} width={`${70 - (index % 3) * 12}%`} />
            <Skeleton height={10} width={`${92 - (index % 4) * 9}%`} />
          </div>
        </div>
      ))}
    </div>
  )
}

/** The shape of a conversation while it loads. */
export function ThreadSkeleton() {
  const { t } = useTranslation('inbox')
  return (
    <div className={c.thread} role="status" aria-busy="true" aria-label={t('loading')}>
      {[54, 38, 62, 30, 46].map((width, index) => (
        <Skeleton key={width} height={index % 2 ? 36 : 52} width={`${width}%`} radius={12} className={index % 2 ? c.out! : c.in!} />
      ))}
    </div>
  )
}
