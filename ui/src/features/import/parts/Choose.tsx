import { Badge, Button, FileButton, Group, Text } from '@mantine/core'
import { IconChevronRight, IconDownload, IconTableImport } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Section } from '@/components/SettingsPage'
import { useCompanyId, useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { download } from '@/lib/download'
import { useFormat } from '@/lib/format'
import { toastError } from '@/lib/toast'
import { upload } from '../api'
import c from '../Import.module.css'

const ACCEPT = '.csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'

/** A place to drop the file, and the imports there were. */
export function Choose() {
  const { t } = useTranslation('import')
  const company = useCompanyId()
  const navigate = useNavigate()
  const [over, setOver] = useState(false)
  const send = useMutation({
    mutationFn: upload,
    onSuccess: (made) => navigate({ to: '/c/$company/contacts/import/{-$import}', params: { company, import: made.id } }),
    onError: (error) => toastError(error),
  })

  return (
    <>
      <div
        className={c.drop}
        data-over={over || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault()
          setOver(false)
          const file = event.dataTransfer.files[0]
          if (file && !send.isPending) send.mutate(file)
        }}
      >
        <IconTableImport size={28} stroke={1.5} aria-hidden />
        <Text fw={600}>{t('drop')}</Text>
        <Text size="sm" c="dimmed">
          {t('dropText')}
        </Text>
        <FileButton accept={ACCEPT} onChange={(file) => file && send.mutate(file)}>
          {(props) => (
            <Button {...props} size="sm" loading={send.isPending}>
              {t('choose')}
            </Button>
          )}
        </FileButton>
      </div>
      <Earlier />
      <Export />
    </>
  )
}

/** The other way: all contacts one may see, as a table that can be brought in again. */
function Export() {
  const { t } = useTranslation('import')
  const { can } = useMe()
  const save = useMutation({
    mutationFn: (format: 'csv' | 'xlsx') => download(`/api/recado/contacts/export?format=${format}`, `contacts.${format}`),
    onError: (error) => toastError(error),
  })
  if (!can('contacts.export')) return null
  return (
    <Section title={t('export')} text={t('exportText')}>
      <Group gap="xs">
        {(['csv', 'xlsx'] as const).map((format) => (
          <Button key={format} size="sm" variant="default" leftSection={<IconDownload size={15} />} loading={save.isPending && save.variables === format} onClick={() => save.mutate(format)}>
            {t(`export_${format}`)}
          </Button>
        ))}
      </Group>
    </Section>
  )
}

function Earlier() {
  const { t } = useTranslation('import')
  const company = useCompanyId()
  const format = useFormat()
  const list = useQuery(listOptions('imports', { sort: '-created', perPage: 20 }))
  if (!list.data || list.data.items.length === 0) return null

  return (
    <Section title={t('earlier')} text={t('earlierText')}>
      <ul className={c.rows}>
        {list.data.items.map((record) => (
          <li key={record.id}>
            <Link className={c.row} to="/c/$company/contacts/import/{-$import}" params={{ company, import: record.id }}>
              <span className={c.name}>
                <span className="line">{record.name}</span>
                <span className={c.meta}>
                  {format.dateTime(record.created)} · {t('rows', { count: record.total, number: format.number(record.total) })}
                </span>
              </span>
              <Badge variant="light" color={record.state === 'failed' ? 'red' : record.state === 'done' ? 'brand' : 'gray'}>
                {t(`state_${record.state}`)}
              </Badge>
              <IconChevronRight size={16} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </Section>
  )
}
