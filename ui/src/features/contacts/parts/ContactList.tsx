import { Button, Loader, Skeleton } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconAddressBook, IconPlus, IconTrash } from '@tabler/icons-react'
import type { UseInfiniteQueryResult } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useRef } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { TagList } from '@/components/Tag'
import { useMe } from '@/lib/company'
import { useFormat, type Format } from '@/lib/format'
import type { ContactsRecord } from '@/lib/pb-types'
import { showPhone } from '@/lib/phone'
import { tagIds } from '@/lib/tags'
import { useMembers } from '../api'
import { EVERYONE, NARROWING } from '../filters'
import { isSelected, toggle, toggleLoaded, type Selection } from '../selection'
import type { Route } from '../useRoute'
import { nameOf } from '../words'
import c from './ContactList.module.css'

/** Height of a row, in pixels. */
const ROW = 48

interface Props {
  route: Route
  query: UseInfiniteQueryResult
  rows: ContactsRecord[]
  selection: Selection
  onSelect: (selection: Selection) => void
  onAdd: () => void
}

/** The list: rows are drawn where they are looked at, pages asked for as they come near. */
export function ContactList({ route, query, rows, selection, onSelect, onAdd }: Props) {
  const { t } = useTranslation('contacts')
  const format = useFormat()
  const members = useMembers()
  const box = useRef<HTMLDivElement>(null)
  const more = query.hasNextPage
  const virtual = useVirtualizer({ count: rows.length + (more ? 1 : 0), getScrollElement: () => box.current, estimateSize: () => ROW, overscan: 8, getItemKey: (index) => rows[index]?.id ?? 'end' })
  const items = virtual.getVirtualItems()
  const near = (items.at(-1)?.index ?? 0) >= rows.length - 20

  useEffect(() => {
    if (near && more && !query.isFetchingNextPage && !query.isFetchNextPageError && !query.isPlaceholderData) void query.fetchNextPage()
  })

  const at = rows.findIndex(({ id }) => id === route.contact)
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: 'auto' })
    // oxlint-disable-next-line react/exhaustive-deps -- only when another one is opened
  }, [route.contact])

  // the rows hold on to this one: it must not change with the selection, or all of them are drawn again
  const latest = useRef({ rows, selection, onSelect })
  useEffect(() => {
    latest.current = { rows, selection, onSelect }
  })
  const pick = useCallback((id: string, range: boolean) => {
    const now = latest.current
    now.onSelect(toggle(now.selection, now.rows.map((row) => row.id), id, range))
  }, [])

  if (query.isPending) return <RowSkeletons />
  if (query.isError && rows.length === 0) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (rows.length === 0) return <Nothing route={route} onAdd={onAdd} />

  const loaded = rows.map(({ id }) => id)
  const every = rows.every(({ id }) => isSelected(selection, id))
  return (
    <div className={c.root} role="table" aria-label={t('title')} aria-rowcount={more ? -1 : rows.length + 1} data-stale={query.isPlaceholderData || undefined}>
      <div role="rowgroup">
        <div role="row" className={`${c.row} ${c.head}`} aria-rowindex={1}>
          <span role="columnheader" className={c.check}>
            <input type="checkbox" aria-label={t('select.loaded')} checked={every} ref={(element) => void (element && (element.indeterminate = !every && rows.some(({ id }) => isSelected(selection, id))))} onChange={() => onSelect(toggleLoaded(selection, loaded))} />
          </span>
          <span role="columnheader">{t('field.name')}</span>
          <span role="columnheader" className={c.wide}>{t('field.phone')}</span>
          <span role="columnheader" className={c.wider}>{t('field.email')}</span>
          <span role="columnheader" className={c.wide}>{t('field.lifecycle')}</span>
          <span role="columnheader" className={c.wide}>{t('field.tags')}</span>
          <span role="columnheader" className={c.wider}>{t('field.owner')}</span>
          <span role="columnheader" className={c.date}>{route.filters.bin ? t('bin.since') : t('field.created')}</span>
        </div>
      </div>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- the keyboard scrolls what has the focus */}
      <div ref={box} className={c.scroll} role="rowgroup" tabIndex={0} aria-label={t('title')}>
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {items.map((item) => {
            const contact = rows[item.index]
            const style = { transform: `translateY(${item.start}px)`, height: ROW }
            return contact ? (
              <Row
                key={item.key}
                index={item.index + 2}
                style={style.transform}
                contact={contact}
                owner={contact.owner ? members.name(contact.owner) : ''}
                open={contact.id === route.contact}
                selected={isSelected(selection, contact.id)}
                href={`/c/${route.company}/contacts/${contact.id}`}
                bin={route.filters.bin}
                format={format}
                onOpen={route.open}
                onPick={pick}
              />
            ) : (
              <div key={item.key} className={c.end} style={style}>
                {query.isFetchNextPageError ? (
                  <Button variant="subtle" onClick={() => void query.fetchNextPage()}>
                    {t('app:common.retry')}
                  </Button>
                ) : (
                  <Loader size="sm" aria-label={t('app:common.loading')} />
                )}
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

interface RowProps {
  index: number
  style: string
  contact: ContactsRecord
  owner: string
  open: boolean
  selected: boolean
  href: string
  bin: boolean
  format: Format
  onOpen: (id: string) => void
  onPick: (id: string, range: boolean) => void
}

const Row = memo(function Row({ index, style, contact, owner, open, selected, href, bin, format, onOpen, onPick }: RowProps) {
  const { t } = useTranslation('contacts')
  const name = nameOf(contact, t)
  const shift = useRef(false)
  return (
    <div role="row" aria-rowindex={index} className={`${c.row} ${c.slot}`} style={{ transform: style }} data-open={open || undefined} data-selected={selected || undefined}>
      <span role="cell" className={c.check}>
        <input
          type="checkbox"
          aria-label={t('select.one', { name })}
          checked={selected}
          onClick={(event) => {
            shift.current = event.shiftKey
          }}
          onChange={() => {
            onPick(contact.id, shift.current)
            shift.current = false
          }}
        />
      </span>
      <span role="cell" className={c.who}>
        <a
          href={href}
          className={c.name}
          aria-current={open ? 'true' : undefined}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey) return
            event.preventDefault()
            if (event.shiftKey) onPick(contact.id, true)
            else onOpen(contact.id)
          }}
        >
          <Avatar name={name} size={28} />
          <span className="line" data-user-text>{name}</span>
        </a>
      </span>
      <span role="cell" className={`${c.wide} tnum line`}>{showPhone(contact.phone)}</span>
      <span role="cell" className={`${c.wider} line`} data-user-text>{contact.email}</span>
      <span role="cell" className={`${c.wide} line`}>
        {t(`lifecycle.${contact.lifecycle || 'lead'}`)}
        {contact.lead_status && <span className={c.dim} data-user-text> · {contact.lead_status}</span>}
      </span>
      <span role="cell" className={`${c.wide} ${c.tags}`}>
        <TagList ids={tagIds(contact.tags)} most={2} />
      </span>
      <span role="cell" className={`${c.wider} line`} data-user-text>{owner}</span>
      <span role="cell" className={`${c.date} tnum`}>{format.date(bin ? contact.deleted : contact.created)}</span>
    </div>
  )
})

function Nothing({ route, onAdd }: { route: Route; onAdd: () => void }) {
  const { t } = useTranslation('contacts')
  const { can } = useMe()
  const { filters } = route
  if (filters.q || NARROWING.some((key) => filters[key] !== '')) {
    return (
      <EmptyState icon={IconAdjustmentsHorizontal} title={t('empty.filtered')} {...(filters.q ? { text: t('empty.searched') } : {})}>
        <Button variant="default" onClick={() => route.show({ ...EVERYONE, sort: filters.sort, bin: filters.bin })}>
          {t('filter.clear')}
        </Button>
      </EmptyState>
    )
  }
  if (filters.bin) return <EmptyState icon={IconTrash} title={t('bin.empty')} text={t('bin.text')} />
  return (
    <EmptyState icon={IconAddressBook} title={t('empty.title')} text={t('empty.text')}>
      {can('contacts.add') && (
        <Button leftSection={<IconPlus size={15} />} onClick={onAdd}>
          {t('add')}
        </Button>
      )}
    </EmptyState>
  )
}

function RowSkeletons() {
  return (
    <div className={c.loading} aria-busy="true">
      {[160, 120, 190, 140, 170, 110, 150, 130].map((width) => (
        <div key={width} className={c.bone}>
          <Skeleton circle h={28} w={28} />
          <Skeleton h={12} w={width} />
        </div>
      ))}
    </div>
  )
}
