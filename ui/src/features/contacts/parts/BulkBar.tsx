import { Button, Menu, Modal, Progress as Bar, Stack, Text, Group } from '@mantine/core'
import { IconTag, IconTrash, IconTrashOff, IconUserShare, IconX } from '@tabler/icons-react'
import { useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Tag } from '@/components/Tag'
import { useCompany, useMe } from '@/lib/company'
import { useFormat } from '@/lib/format'
import { useTags } from '@/lib/tags'
import { toast, toastError } from '@/lib/toast'
import { bulk, useMembers, type Bulk, type Progress, type Targets } from '../api'
import { listFilter, type Filters } from '../filters'
import { NOTHING, type Selection } from '../selection'
import c from './BulkBar.module.css'

interface Props {
  filters: Filters
  selection: Selection
  /** Rows on the screen, and how many the filters match. */
  loaded: number
  count: number | undefined
  onSelect: (selection: Selection) => void
}

/** More than this many changed ones are not remembered for undoing. */
const UNDO = 5_000

/** What can be done with the selected contacts, in one request that tells how far it has come. */
export function BulkBar({ filters, selection, loaded, count, onSelect }: Props) {
  const { t } = useTranslation('contacts')
  const { can } = useMe()
  const format = useFormat()
  const timeZone = useCompany()?.timezone ?? 'UTC'
  const tags = useTags().data?.items.filter((tag) => !tag.archived) ?? []
  const members = useMembers().active
  const [progress, setProgress] = useState<Progress>()
  const [asking, setAsking] = useState(false)
  const stop = useRef<AbortController>(undefined)

  const targets: Targets = selection.all ? { filter: listFilter(filters, timeZone) } : { ids: [...selection.ids] }
  const size = selection.all ? (count ?? 0) : selection.ids.size

  async function run(work: Bulk, which: Targets, undoing = false): Promise<void> {
    stop.current = new AbortController()
    setProgress({ total: size, done: 0, skipped: 0, appointments: 0 })
    try {
      const done = await bulk(work, which, setProgress, stop.current.signal)
      const ids = Object.values(done.changed ?? {}).flat()
      const said = [t(`did.${work.action}`, { count: ids.length, number: format.number(ids.length) })]
      if (done.skipped > 0) said.push(t('did.skipped', { count: done.skipped, number: format.number(done.skipped) }))
      if (done.appointments > 0) said.push(t('did.appointments', { count: done.appointments, number: format.number(done.appointments) }))
      const back = undoing || ids.length === 0 || ids.length > UNDO ? undefined : undo(work, done.changed ?? {})
      toast(said.join(' '), back && { label: t('undo'), run: () => void back() })
      if (work.action === 'delete' || work.action === 'restore') onSelect(NOTHING)
    } catch (error) {
      if (!stop.current.signal.aborted) toastError(error)
    } finally {
      setProgress(undefined)
    }
  }

  /** The way back: the same tag off or on, everyone their former owner, out of the bin again. */
  function undo(work: Bulk, changed: Record<string, string[]>): () => Promise<void> {
    const ids = Object.values(changed).flat()
    switch (work.action) {
      case 'tag':
        return () => run({ action: 'untag', tag: work.tag }, { ids }, true)
      case 'untag':
        return () => run({ action: 'tag', tag: work.tag }, { ids }, true)
      case 'delete':
        return () => run({ action: 'restore' }, { ids }, true)
      case 'restore':
        return () => run({ action: 'delete', confirmed: true }, { ids }, true)
      case 'assign':
        return async () => {
          for (const [owner, those] of Object.entries(changed)) await run({ action: 'assign', owner }, { ids: those }, true)
        }
    }
  }

  if (progress) {
    return (
      <div className={c.root} role="status" aria-label={t('bulk.working')}>
        <span className={`${c.count} tnum`}>{t('bulk.progress', { done: format.number(progress.done), total: format.number(progress.total) })}</span>
        <Bar className={c.bar} value={progress.total > 0 ? (100 * progress.done) / progress.total : 0} aria-label={t('bulk.working')} />
        <Button variant="default" onClick={() => stop.current?.abort()}>
          {t('bulk.stop')}
        </Button>
      </div>
    )
  }

  const all = count !== undefined && !selection.all && size === loaded && count > loaded
  return (
    <div className={c.root} role="toolbar" aria-label={t('bulk.title')}>
      <span className={`${c.count} tnum`}>{t('bulk.selected', { count: size, number: format.number(size) })}</span>
      {all && (
        <Button variant="subtle" onClick={() => onSelect({ all: true })}>
          {t('bulk.all', { count, number: format.number(count) })}
        </Button>
      )}
      {can('contacts.edit_own') && !filters.bin && (
        <>
          <Menu position="top" width={240}>
            <Menu.Target>
              <Button variant="default" leftSection={<IconTag size={15} stroke={1.6} />} disabled={tags.length === 0}>
                {t('bulk.tag')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown className={c.menu}>
              <Menu.Label>{t('bulk.give')}</Menu.Label>
              {tags.map((tag) => (
                <Menu.Item key={tag.id} onClick={() => void run({ action: 'tag', tag: tag.id }, targets)}>
                  <Tag tag={tag} />
                </Menu.Item>
              ))}
              <Menu.Label>{t('bulk.take')}</Menu.Label>
              {tags.map((tag) => (
                <Menu.Item key={tag.id} aria-label={t('bulk.takeNamed', { name: tag.name })} onClick={() => void run({ action: 'untag', tag: tag.id }, targets)}>
                  <Tag tag={tag} />
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Menu position="top" width={220}>
            <Menu.Target>
              <Button variant="default" leftSection={<IconUserShare size={15} stroke={1.6} />}>
                {t('bulk.assign')}
              </Button>
            </Menu.Target>
            <Menu.Dropdown className={c.menu}>
              <Menu.Item onClick={() => void run({ action: 'assign', owner: '' }, targets)}>{t('owner.none')}</Menu.Item>
              {members.map((member) => (
                <Menu.Item key={member.id} data-user-text onClick={() => void run({ action: 'assign', owner: member.id }, targets)}>
                  {member.name}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
        </>
      )}
      {can('contacts.delete') &&
        (filters.bin ? (
          <Button variant="default" leftSection={<IconTrashOff size={15} stroke={1.6} />} onClick={() => void run({ action: 'restore' }, targets)}>
            {t('bin.restore')}
          </Button>
        ) : (
          <Button variant="default" leftSection={<IconTrash size={15} stroke={1.6} />} onClick={() => setAsking(true)}>
            {t('bin.delete')}
          </Button>
        ))}
      <Button variant="subtle" color="gray" leftSection={<IconX size={15} />} onClick={() => onSelect(NOTHING)}>
        {t('bulk.clear')}
      </Button>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t('bin.deleteMany', { count: size, number: format.number(size) })} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
        <Stack>
          <Text size="sm">{t('bin.deleteText')}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('app:common.cancel')}
            </Button>
            <Button
              color="red"
              data-autofocus
              onClick={() => {
                setAsking(false)
                void run({ action: 'delete' }, targets)
              }}
            >
              {t('bin.delete')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </div>
  )
}
