import { Button, NativeSelect, Popover, Stack, TextInput } from '@mantine/core'
import { IconAdjustmentsHorizontal, IconTrash } from '@tabler/icons-react'
import { forwardRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { SearchBox } from '@/components/SearchBox'
import { useTags } from '@/lib/tags'
import { useMembers } from '../api'
import { EVERYONE, LIFECYCLES, NARROWING, SORTS, type Filters, type Sort } from '../filters'
import type { Route } from '../useRoute'
import c from './Toolbar.module.css'

/** What is searched for, how the list is narrowed and ordered, and the way into the bin. */
export const Toolbar = forwardRef<HTMLInputElement, { route: Route }>(function Toolbar({ route }, ref) {
  const { t } = useTranslation('contacts')
  const { filters, show } = route
  return (
    <div className={c.root} role="search" aria-label={t('search.label')}>
      <SearchBox ref={ref} className={c.search} q={filters.q} label={t('search.label')} placeholder={t('search.placeholder')} clear={t('search.clear')} onSearch={(q) => show({ q }, true)} />
      <FilterMenu filters={filters} show={show} />
      <NativeSelect
        size="xs"
        className={c.sort}
        aria-label={t('sort.label')}
        data={SORTS.map((sort) => ({ value: sort, label: t(`sort.${sort}`) }))}
        value={filters.sort}
        onChange={(event) => show({ sort: event.currentTarget.value as Sort })}
      />
      <Button variant={filters.bin ? 'light' : 'subtle'} color={filters.bin ? undefined : 'gray'} leftSection={<IconTrash size={15} stroke={1.6} />} aria-pressed={filters.bin} onClick={() => show({ bin: !filters.bin })}>
        {t('bin.title')}
      </Button>
    </div>
  )
})

function FilterMenu({ filters, show }: { filters: Filters; show: Route['show'] }) {
  const { t } = useTranslation('contacts')
  const members = useMembers()
  const tags = useTags().data?.items ?? []
  const active = NARROWING.filter((key) => filters[key] !== '').length
  const any = { value: '', label: t('filter.any') }
  const text = (key: 'lead_status' | 'source' | 'category') => <FilterText key={key} label={t(`field.${key}`)} value={filters[key]} onChange={(value) => show({ [key]: value }, true)} />
  return (
    <Popover position="bottom-start" width={300} shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button variant={active > 0 ? 'light' : 'default'} leftSection={<IconAdjustmentsHorizontal size={16} stroke={1.6} />}>
          {active > 0 ? t('filter.active', { count: active }) : t('filter.title')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="sm">
          <NativeSelect label={t('field.lifecycle')} data={[any, ...LIFECYCLES.map((value) => ({ value, label: t(`lifecycle.${value}`) }))]} value={filters.lifecycle} onChange={(event) => show({ lifecycle: event.currentTarget.value })} />
          <NativeSelect
            label={t('field.owner')}
            data={[any, { value: 'none', label: t('owner.none') }, ...members.all.map(({ id, name }) => ({ value: id, label: name }))]}
            value={filters.owner}
            onChange={(event) => show({ owner: event.currentTarget.value })}
          />
          <NativeSelect label={t('field.tag')} data={[any, ...tags.map(({ id, name }) => ({ value: id, label: name }))]} value={filters.tag} onChange={(event) => show({ tag: event.currentTarget.value })} />
          <div className={c.pair}>
            {text('lead_status')}
            {text('category')}
          </div>
          {text('source')}
          <div className={c.pair}>
            <TextInput type="date" label={t('filter.from')} value={filters.from} max={filters.to || undefined} onChange={(event) => show({ from: event.currentTarget.value }, true)} />
            <TextInput type="date" label={t('filter.to')} value={filters.to} min={filters.from || undefined} onChange={(event) => show({ to: event.currentTarget.value }, true)} />
          </div>
          {active > 0 && (
            <Button variant="default" onClick={() => show({ ...EVERYONE, q: filters.q, sort: filters.sort, bin: filters.bin })}>
              {t('filter.clear')}
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}

/** A filter by a whole text: it counts when it is finished. */
function FilterText({ label, value, onChange }: { label: string; value: string; onChange: (value: string) => void }) {
  const [text, setText] = useState(value)
  const finish = (): void => {
    if (text.trim() !== value) onChange(text.trim())
  }
  return (
    <TextInput
      label={label}
      value={text}
      maxLength={60}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === 'Enter') finish()
      }}
    />
  )
}
