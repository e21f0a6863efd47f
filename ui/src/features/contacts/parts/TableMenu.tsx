import { ActionIcon, Menu } from '@mantine/core'
import { IconDots, IconDownload, IconTableImport } from '@tabler/icons-react'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { useCompany, useMe } from '@/lib/company'
import { download } from '@/lib/download'
import { toastError } from '@/lib/toast'
import { listFilter, type Filters } from '../filters'

/** Contacts from a table, and those the list shows as one. */
export function TableMenu({ filters, company }: { filters: Filters; company: string }) {
  const { t } = useTranslation('contacts')
  const { can } = useMe()
  const timeZone = useCompany()?.timezone ?? 'UTC'
  if (!can('contacts.import') && !can('contacts.export')) return null

  function save(format: 'csv' | 'xlsx'): void {
    const query = new URLSearchParams({ format, filter: listFilter(filters, timeZone) })
    void download(`/api/recado/contacts/export?${query}`, `contacts.${format}`).catch(toastError)
  }

  return (
    <Menu position="bottom-end" width={260}>
      <Menu.Target>
        <ActionIcon size={30} aria-label={t('table.title')}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {can('contacts.import') && (
          <Menu.Item
            leftSection={<IconTableImport size={16} />}
            renderRoot={(props) => <Link to="/c/$company/contacts/import/{-$import}" params={{ company, import: undefined } as never} {...props} />}
          >
            {t('table.import')}
          </Menu.Item>
        )}
        {can('contacts.export') && (
          <>
            <Menu.Label>{t('table.export')}</Menu.Label>
            <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => save('csv')}>
              {t('table.csv')}
            </Menu.Item>
            <Menu.Item leftSection={<IconDownload size={16} />} onClick={() => save('xlsx')}>
              {t('table.xlsx')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
