import { Badge, Button, FileButton, Group, Menu, Progress, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconBook2, IconChevronRight, IconFile, IconFileText, IconPlus, IconSearch, IconWorld } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useMe } from '@/lib/company'
import { useFormat } from '@/lib/format'
import type { KnowledgeRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { ACCEPT, knowledgeOptions, label, MOST, named, progress, upload } from './api'
import { Ask } from './parts/Ask'
import c from './Knowledge.module.css'

const SourceDrawer = lazy(() => import('./parts/SourceDrawer'))

/** What AI agents can look things up in. */
export default function KnowledgePage() {
  const { t } = useTranslation('knowledge')
  const { can } = useMe()
  return <SettingsPage title={t('app:nav.knowledge')}>{can('agents.manage') ? <Knowledge /> : <NoPermission />}</SettingsPage>
}

const ICONS = { page: IconFileText, file: IconFile, address: IconWorld } as const
const COLORS = { waiting: 'gray', reading: 'blue', ready: 'green', failed: 'red' } as const

type Open = { kind: 'page' | 'address' } | { id: string }

function Knowledge() {
  const { t } = useTranslation('knowledge')
  const [open, setOpen] = useState<Open>()
  const [words, setWords] = useState('')
  const sources = useQuery(knowledgeOptions())
  const send = useMutation({
    async mutationFn(files: File[]) {
      for (const file of files) await upload(file)
    },
    onError: (error) => toastError(error),
  })
  const all = sources.data?.items ?? []
  const shown = named(all, words)
  const add = (
    <FileButton multiple accept={ACCEPT} onChange={(files) => files.length > 0 && send.mutate(files)}>
      {(files) => (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button variant="default" leftSection={<IconPlus size={15} />} loading={send.isPending}>
              {t('add')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<IconFileText size={15} />} onClick={() => setOpen({ kind: 'page' })}>
              {t('addPage')}
            </Menu.Item>
            <Menu.Item leftSection={<IconFile size={15} />} onClick={files.onClick}>
              {t('addFiles')}
            </Menu.Item>
            <Menu.Item leftSection={<IconWorld size={15} />} onClick={() => setOpen({ kind: 'address' })}>
              {t('addAddress')}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </FileButton>
  )

  return (
    <>
      <Section title={t('title')} text={t('text')} action={all.length > 0 && add}>
        {sources.error ? (
          <ErrorState error={sources.error} onRetry={() => void sources.refetch()} />
        ) : !sources.data ? (
          <ListSkeleton height={52} rows={3} />
        ) : all.length === 0 ? (
          <EmptyState icon={IconBook2} title={t('empty')} text={t('emptyText')}>
            {add}
          </EmptyState>
        ) : (
          <>
            {all.length > 8 && <TextInput mb="xs" type="search" aria-label={t('search')} placeholder={t('search')} leftSection={<IconSearch size={15} />} value={words} onChange={(event) => setWords(event.currentTarget.value)} />}
            <ul className={c.rows}>
              {shown.map((source) => (
                <li key={source.id}>
                  <Row source={source} onOpen={() => setOpen({ id: source.id })} />
                </li>
              ))}
            </ul>
            {shown.length === 0 && (
              <Text size="sm" c="dimmed" py="xs">
                {t('noneNamed')}
              </Text>
            )}
            {all.length >= MOST && (
              <Text size="xs" c="dimmed" mt="xs">
                {t('firstOnly', { count: MOST })}
              </Text>
            )}
          </>
        )}
      </Section>
      {all.length > 0 && <Ask onOpen={(id) => setOpen({ id })} />}
      <Suspense>{open && <SourceDrawer key={'id' in open ? open.id : open.kind} id={'id' in open ? open.id : ''} kind={'kind' in open ? open.kind : undefined} onClose={() => setOpen(undefined)} />}</Suspense>
    </>
  )
}

/** One source: what it is, how it stands, and why it could not be read. */
function Row({ source, onOpen }: { source: KnowledgeRecord; onOpen: () => void }) {
  const { t } = useTranslation('knowledge')
  const format = useFormat()
  const Icon = ICONS[source.kind || 'page']
  const state = source.state || 'waiting'
  const done = progress(source)
  const about = [source.size > 0 && format.bytes(source.size), source.pieces > 0 && t('pieces', { count: source.pieces }), source.kind === 'address' && source.url].filter(Boolean).join(' · ')
  return (
    <UnstyledButton className={c.row} onClick={onOpen}>
      <Icon size={18} stroke={1.6} aria-hidden />
      <span className={c.what}>
        <span className={c.name} data-user-text>
          {label(source)}
        </span>
        {state === 'failed' ? <span className={c.why}>{t(`problem.${source.problem}`, { defaultValue: t('problem.broken') })}</span> : <span className={c.meta}>{about}</span>}
        {done !== undefined && <Progress mt={4} size="xs" value={done * 100} aria-label={t('state.reading')} />}
      </span>
      <Group gap={6} wrap="nowrap">
        <Badge variant="light" color={COLORS[state]}>
          {t(`state.${state}`)}
        </Badge>
        <IconChevronRight size={16} aria-hidden />
      </Group>
    </UnstyledButton>
  )
}
