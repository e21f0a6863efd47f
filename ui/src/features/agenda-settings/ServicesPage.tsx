import { Badge, Button } from '@mantine/core'
import { IconChevronRight, IconPlus, IconTags } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { COLORS } from '@/components/ColorField'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useCompanyId, useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { useFormat } from '@/lib/format'
import c from './AgendaSettings.module.css'
import { ServiceForm } from './parts/ServiceForm'

const PATH = '/c/$company/settings/services/{-$service}'

export default function ServicesPage() {
  const { t } = useTranslation('agendas')
  const format = useFormat()
  const { can } = useMe()
  const company = useCompanyId()
  const { service: id } = useParams({ strict: false, select: (params: { service?: string }) => params })
  const services = useQuery(listOptions('services', { sort: 'name', perPage: 500 }))
  const agendas = useQuery(listOptions('agendas', { sort: 'name', perPage: 500 }))
  const title = t('app:nav.services')
  const error = services.error ?? agendas.error

  if (!can('agenda.manage')) {
    return (
      <SettingsPage title={title}>
        <NoPermission />
      </SettingsPage>
    )
  }
  if (error || !services.data || !agendas.data) {
    const retry = () => void Promise.all([services.refetch(), agendas.refetch()])
    return <SettingsPage title={title}>{error ? <ErrorState error={error} onRetry={retry} /> : <ListSkeleton height={64} rows={4} />}</SettingsPage>
  }
  const rows = services.data.items
  const chosen = rows.find((service) => service.id === id)
  if (chosen || id === 'new') {
    return (
      <SettingsPage
        title={chosen?.name ?? t('services.new')}
        actions={
          <Button component={Link} variant="default" to={PATH} params={{ company, service: undefined } as never}>
            {t('services.all')}
          </Button>
        }
      >
        <ServiceForm key={chosen?.id ?? 'new'} service={chosen} agendas={agendas.data.items} />
      </SettingsPage>
    )
  }
  const add = (
    <Button component={Link} leftSection={<IconPlus size={15} />} to={PATH} params={{ company, service: 'new' } as never}>
      {t('services.add')}
    </Button>
  )

  return (
    <SettingsPage title={title} actions={rows.length > 0 && add}>
      <Section title={t('services.title')} text={t('services.text')}>
        {rows.length === 0 ? (
          <EmptyState icon={IconTags} title={t('services.empty')} text={t('services.emptyText')}>
            {add}
          </EmptyState>
        ) : (
          <ul className={c.rows}>
            {rows.map((service) => {
              const places = agendas.data.items.filter((agenda) => service.agendas.includes(agenda.id))
              return (
                <li key={service.id}>
                  <Link className={c.row} to={PATH} params={{ company, service: service.id }}>
                    <span className={c.color} style={{ background: service.color || COLORS.at(-1) }} />
                    <span className={c.who}>
                      <span className={c.name}>{service.name}</span>
                      <span className={c.meta} data-warn={places.length === 0 || undefined}>
                        {format.duration(service.duration)} · {places.length === 0 ? t('services.nowhere') : places.map((agenda) => agenda.name).join(', ')}
                      </span>
                    </span>
                    {!service.active && (
                      <Badge variant="light" color="gray">
                        {t('inactive')}
                      </Badge>
                    )}
                    {service.price > 0 && <span className={c.price}>{format.money(service.price, service.currency)}</span>}
                    <IconChevronRight size={16} aria-hidden />
                  </Link>
                </li>
              )
            })}
          </ul>
        )}
      </Section>
    </SettingsPage>
  )
}
