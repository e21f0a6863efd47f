import { Select } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { listOptions } from '@/lib/data'
import { NARROWS, type Narrow, type Narrowing, type ReportsSearch } from '../period'

const COLLECTIONS = { member: 'members', queue: 'queues', channel: 'channels', agenda: 'agendas', service: 'services' } as const

/** What the report is about, where not all: a person, a queue, a service. Nothing is offered where there is no choice. */
export function Narrows({ tab, narrowing, onChange }: { tab: ReportsSearch['tab']; narrowing: Narrowing; onChange(changes: Narrowing): void }) {
  return NARROWS[tab].map((narrow) => <One key={narrow} narrow={narrow} value={narrowing[narrow]} onChange={(id) => onChange({ [narrow]: id })} />)
}

function One({ narrow, value, onChange }: { narrow: Narrow; value: string | undefined; onChange(id: string | undefined): void }) {
  const { t } = useTranslation('reports')
  const rows = useQuery({ ...listOptions(COLLECTIONS[narrow], { sort: 'name', perPage: 500, fields: 'id,company,name,updated' }), staleTime: 60_000 }).data?.items ?? []
  if (rows.length < 2 && !value) return null
  return (
    <Select
      w={170}
      clearable
      searchable={rows.length > 8}
      aria-label={t(`narrow.${narrow}`)}
      placeholder={t(`narrow.all.${narrow}`)}
      data={rows.map((row) => ({ value: row.id, label: row.name }))}
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
    />
  )
}
