import { Skeleton } from '@mantine/core'
import { useTranslation } from '@/lib/useTranslation'
import { PageHeader } from '@/components/PageHeader'
import c from '../CalendarPage.module.css'

/** The shape of the calendar while it loads. */
export function CalendarSkeleton() {
  const { t } = useTranslation('calendar')
  return (
    <>
      <PageHeader title={t('calendar.title')} />
      <div className={c.skeleton} aria-busy="true" role="status" aria-label={t('app:common.loading')}>
        {Array.from({ length: 5 }, (_, column) => (
          <div key={column}>
            <Skeleton h={20} w="60%" mb="lg" />
            <Skeleton h={64} mb={24 + column * 20} />
            <Skeleton h={96} mb={40} />
            <Skeleton h={48} />
          </div>
        ))}
      </div>
    </>
  )
}
