import { Button, Group, SegmentedControl, Text, TextInput, UnstyledButton } from '@mantine/core'
import { IconBolt, IconChevronRight, IconPaperclip, IconPlus, IconSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { fold } from '@/lib/fold'
import { pb } from '@/lib/pb'
import type { QuickRepliesRecord } from '@/lib/pb-types'
import { QuickReplyDrawer } from './parts/QuickReplyDrawer'
import c from './Settings.module.css'

type Whose = 'mine' | 'shared'

/** What the team answers again and again: the member's own, and those everyone shares. */
export default function QuickRepliesPage() {
  const { t } = useTranslation('settings')
  const { member, can } = useMe()
  const me = member?.id ?? ''
  const [whose, setWhose] = useState<Whose>('mine')
  const [q, setQ] = useState('')
  const [open, setOpen] = useState<QuickRepliesRecord | 'new'>()
  const filter = pb.filter("owner = '' || owner = {:me}", { me })
  const replies = useQuery({ ...listOptions('quick_replies', { filter, sort: 'shortcut', perPage: 500 }), enabled: me !== '' })
  const edit = whose === 'mine' ? can('inbox.reply') : can('channels.manage')

  const all = replies.data?.items.filter((reply) => (reply.owner !== '') === (whose === 'mine')) ?? []
  const shown = all.filter(({ shortcut, text }) => fold(`${shortcut} ${text}`).includes(fold(q)))
  const add = edit && (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setOpen('new')}>
      {t('quick.add')}
    </Button>
  )

  return (
    <SettingsPage title={t('app:nav.quickReplies')} actions={add}>
      <Section title={t('quick.title')} text={t('quick.text')}>
        <Group gap="sm" mb="sm">
          <SegmentedControl
            aria-label={t('quick.whose')}
            value={whose}
            onChange={(value) => setWhose(value)}
            data={[
              { value: 'mine', label: t('quick.mine') },
              { value: 'shared', label: t('quick.shared') },
            ]}
          />
          {all.length > 8 && <TextInput flex={1} leftSection={<IconSearch size={15} />} placeholder={t('quick.search')} aria-label={t('quick.search')} value={q} onChange={(event) => setQ(event.currentTarget.value)} />}
        </Group>
        {whose === 'shared' && !edit && (
          <Text size="sm" c="dimmed" mb="sm">
            {t('quick.sharedNot')}
          </Text>
        )}
        {replies.error ? (
          <ErrorState error={replies.error} onRetry={() => void replies.refetch()} />
        ) : !replies.data ? (
          <ListSkeleton height={52} rows={3} />
        ) : all.length === 0 ? (
          <EmptyState icon={IconBolt} title={t(`quick.empty_${whose}`)} text={t('quick.emptyText')}>
            {add}
          </EmptyState>
        ) : shown.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('quick.nothing')}
          </Text>
        ) : (
          <ul className={c.rows}>
            {shown.map((reply) => (
              <li key={reply.id}>
                <UnstyledButton className={`${c.row} ${c.button}`} px="xs" disabled={!edit} onClick={() => setOpen(reply)}>
                  <span className={c.who}>
                    <span className={c.name} data-user-text>
                      /{reply.shortcut}
                    </span>
                    <br />
                    <span className={c.meta} data-user-text>
                      {reply.text || reply.files.join(', ')}
                    </span>
                  </span>
                  {reply.files.length > 0 && <IconPaperclip size={15} role="img" aria-label={t('quick.filesCount', { count: reply.files.length })} />}
                  {edit && <IconChevronRight size={16} />}
                </UnstyledButton>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {open && <QuickReplyDrawer key={open === 'new' ? 'new' : open.id} reply={open === 'new' ? undefined : open} owner={whose === 'mine' ? me : ''} onClose={() => setOpen(undefined)} />}
    </SettingsPage>
  )
}
