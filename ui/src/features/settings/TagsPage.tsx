import { Button, TextInput, UnstyledButton } from '@mantine/core'
import { useForm } from '@mantine/form'
import { IconChevronRight, IconPlus, IconTag } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ColorField, COLORS } from '@/components/ColorField'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { Tag } from '@/components/Tag'
import { useMe } from '@/lib/company'
import { saveRecord } from '@/lib/data'
import type { TagsRecord } from '@/lib/pb-types'
import { useTags } from '@/lib/tags'
import { toast } from '@/lib/toast'
import { FormDrawer } from '@/components/FormDrawer'
import c from './Settings.module.css'

/** The tags of contacts and conversations: made, named, coloured, archived. */
export default function TagsPage() {
  const { t } = useTranslation('settings')
  const { can } = useMe()
  const tags = useTags()
  const [open, setOpen] = useState<TagsRecord | 'new'>()
  if (!can('contacts.manage')) {
    return (
      <SettingsPage title={t('app:nav.tags')}>
        <NoPermission />
      </SettingsPage>
    )
  }
  const add = (
    <Button leftSection={<IconPlus size={15} />} onClick={() => setOpen('new')}>
      {t('tags.add')}
    </Button>
  )
  const archived = tags.data?.items.filter((tag) => tag.archived) ?? []

  return (
    <SettingsPage title={t('app:nav.tags')} actions={add}>
      <Section title={t('tags.title')} text={t('tags.text')}>
        {tags.error ? (
          <ErrorState error={tags.error} onRetry={() => void tags.refetch()} />
        ) : !tags.data ? (
          <ListSkeleton height={52} rows={3} />
        ) : tags.data.items.length === 0 ? (
          <EmptyState icon={IconTag} title={t('tags.empty')} text={t('tags.emptyText')}>
            {add}
          </EmptyState>
        ) : (
          <Rows tags={tags.data.items.filter((tag) => !tag.archived)} onOpen={setOpen} />
        )}
      </Section>
      {archived.length > 0 && (
        <Section title={t('tags.archived')} text={t('tags.archivedText')}>
          <Rows tags={archived} onOpen={setOpen} />
        </Section>
      )}
      {open && <TagDrawer key={open === 'new' ? 'new' : open.id} tag={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </SettingsPage>
  )
}

function Rows({ tags, onOpen }: { tags: TagsRecord[]; onOpen: (tag: TagsRecord) => void }) {
  return (
    <ul className={c.rows}>
      {tags.map((tag) => (
        <li key={tag.id}>
          <UnstyledButton className={`${c.row} ${c.button}`} px="xs" onClick={() => onOpen(tag)}>
            <span className={c.who}>
              <Tag tag={tag} />
            </span>
            <IconChevronRight size={16} />
          </UnstyledButton>
        </li>
      ))}
    </ul>
  )
}

function TagDrawer({ tag, onClose }: { tag: TagsRecord | undefined; onClose: () => void }) {
  const { t } = useTranslation('settings')
  const form = useForm({
    initialValues: { name: tag?.name ?? '', color: tag?.color || COLORS[1] },
    validate: { name: (name) => (name.trim() ? null : t('tags.nameMissing')) },
  })
  const save = useMutation({
    mutationFn: (values: Partial<TagsRecord>) => saveRecord('tags', tag?.id, values),
    onSuccess() {
      toast(t('app:common.saved'))
      onClose()
    },
  })

  return (
    <FormDrawer
      title={tag ? t('tags.edit', { name: tag.name }) : t('tags.add')}
      saving={save.isPending}
      error={save.error}
      aside={
        tag && (
          <Button variant="default" size="sm" onClick={() => save.mutate({ archived: !tag.archived })}>
            {tag.archived ? t('tags.restore') : t('tags.archive')}
          </Button>
        )
      }
      onSubmit={form.onSubmit((values) => save.mutate(values))}
      onClose={onClose}
    >
      <TextInput label={t('tags.name')} required maxLength={40} data-autofocus {...form.getInputProps('name')} />
      <ColorField label={t('tags.color')} value={form.values.color} onChange={(color) => form.setFieldValue('color', color)} />
    </FormDrawer>
  )
}
