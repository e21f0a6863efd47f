import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { PageHeader } from '@/components/PageHeader'
import { ListSkeleton } from '@/components/PageSkeleton'
import { useCompanyId, useMe } from '@/lib/company'
import { oneOptions } from '@/lib/data'
import { Choose } from './parts/Choose'
import { Mapping } from './parts/Mapping'
import { Progress } from './parts/Progress'
import c from './Import.module.css'

/** Contacts from a table: choose a file → say what its columns are → watch it happen. The address holds which import. */
export default function ImportPage() {
  const { t } = useTranslation('import')
  const { can } = useMe()
  const company = useCompanyId()
  const id = useParams({ strict: false, select: (params: { import?: string }) => params.import ?? '' })
  const record = useQuery(oneOptions('imports', id))

  return (
    <>
      <PageHeader title={t('title')}>
        {id && (
          <Button component={Link} variant="default" to="/c/$company/contacts/import/{-$import}" params={{ company, import: undefined } as never}>
            {t('another')}
          </Button>
        )}
      </PageHeader>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div className={c.scroll} tabIndex={0} role="region" aria-label={t('title')}>
        <div className={c.content}>
          {!can('contacts.import') ? (
            <NoPermission />
          ) : !id ? (
            <Choose />
          ) : record.error ? (
            <ErrorState error={record.error} onRetry={() => void record.refetch()} />
          ) : !record.data ? (
            <ListSkeleton rows={5} />
          ) : record.data.state === 'draft' ? (
            <Mapping key={id} record={record.data} />
          ) : (
            <Progress record={record.data} />
          )}
        </div>
      </div>
    </>
  )
}
