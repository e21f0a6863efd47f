import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { lazy, Suspense, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { NoPermission } from '@/components/ErrorState'
import { PageHeader } from '@/components/PageHeader'
import { useMe } from '@/lib/company'
import { useFormat } from '@/lib/format'
import { useHotkeys } from '@/lib/hotkeys'
import { useContacts, useCount } from './api'
import { BulkBar } from './parts/BulkBar'
import { Details } from './parts/Details'
import { ContactList } from './parts/ContactList'
import { TableMenu } from './parts/TableMenu'
import { Toolbar } from './parts/Toolbar'
import { isEmpty, NOTHING, type Selection } from './selection'
import { useRoute } from './useRoute'
import c from './ContactsPage.module.css'

const NewContact = lazy(() => import('./parts/NewContact'))

/** Everyone the company knows: found, narrowed, changed one by one or many at once; the open one beside the list. */
export default function ContactsPage() {
  const { t } = useTranslation('contacts')
  const { member, can } = useMe()
  const format = useFormat()
  const route = useRoute()
  const { query, rows } = useContacts(route.filters)
  const count = useCount(route.filters).data
  const search = useRef<HTMLInputElement>(null)
  const [adding, setAdding] = useState<boolean>() // undefined: not yet
  const [selected, setSelected] = useState<{ of: string; selection: Selection }>({ of: '', selection: NOTHING })

  // what is selected belongs to the filters it was selected under
  const key = JSON.stringify({ ...route.filters, sort: '' })
  const selection = selected.of === key ? selected.selection : NOTHING
  const select = (next: Selection): void => setSelected({ of: key, selection: next })

  function move(by: 1 | -1): void {
    const here = rows.findIndex(({ id }) => id === route.contact)
    const next = rows[here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + by))]
    if (next) route.open(next.id, route.contact !== '')
  }

  useHotkeys(t('title'), [
    { keys: 'j', label: t('hotkey.next'), run: () => move(1) },
    { keys: 'k', label: t('hotkey.previous'), run: () => move(-1) },
    { keys: '/', label: t('hotkey.search'), run: () => search.current?.select() },
    ...(can('contacts.add') ? [{ keys: 'n', label: t('add'), run: () => setAdding(true) }] : []),
    ...(route.contact ? [{ keys: 'Escape', label: t('hotkey.leave'), run: () => route.open('') }] : !isEmpty(selection) ? [{ keys: 'Escape', label: t('bulk.clear'), run: () => select(NOTHING) }] : []),
  ])

  if (member && !can('contacts.view_own')) return <NoPermission />

  return (
    <div className={c.root} data-open={route.contact !== '' || undefined}>
      <section className={c.main} aria-label={t('title')}>
        <PageHeader title={route.filters.bin ? t('bin.title') : t('title')} extra={count !== undefined && <span className={`${c.count} tnum`}>{format.number(count)}</span>}>
          <TableMenu filters={route.filters} company={route.company} />
          {can('contacts.add') && !route.filters.bin && (
            <Button leftSection={<IconPlus size={15} />} onClick={() => setAdding(true)}>
              {t('add')}
            </Button>
          )}
        </PageHeader>
        <Toolbar ref={search} route={route} />
        <ContactList route={route} query={query} rows={rows} selection={selection} onSelect={select} onAdd={() => setAdding(true)} />
        {!isEmpty(selection) && <BulkBar filters={route.filters} selection={selection} loaded={rows.length} count={count} onSelect={select} />}
      </section>
      {route.contact && <Details key={route.contact} id={route.contact} company={route.company} onClose={() => route.open('')} />}
      {adding !== undefined && (
        <Suspense fallback={null}>
          <NewContact
            open={adding}
            onClose={() => setAdding(false)}
            onDone={(id) => {
              setAdding(false)
              route.open(id)
            }}
          />
        </Suspense>
      )}
    </div>
  )
}
