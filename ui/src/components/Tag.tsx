import { IconX } from '@tabler/icons-react'
import type { CSSProperties } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import type { TagsRecord } from '@/lib/pb-types'
import { useTags } from '@/lib/tags'
import c from './Tag.module.css'

/** A tag in its colour, as a dot and a tint: the text keeps the colour it is read best in. */
export function Tag({ tag, onRemove }: { tag: Pick<TagsRecord, 'name' | 'color' | 'archived'>; onRemove?: (() => void) | undefined }) {
  const { t } = useTranslation()
  return (
    <span className={c.tag} data-archived={tag.archived || undefined} style={{ '--tag': tag.color || 'var(--app-text-2)' } as CSSProperties}>
      <span data-user-text>{tag.name}</span>
      {onRemove && (
        <button type="button" aria-label={t('tags.remove', { tag: tag.name })} onClick={onRemove}>
          <IconX size={12} aria-hidden />
        </button>
      )}
    </span>
  )
}

/** The tags of a record, the first few of them where there are many. */
export function TagList({ ids, most = Infinity }: { ids: string[]; most?: number }) {
  const { data } = useTags()
  const shown = ids.flatMap((id) => data?.items.find((tag) => tag.id === id) ?? [])
  if (shown.length === 0) return null
  const rest = shown.slice(most)
  return (
    <span className={c.tags}>
      {shown.slice(0, most).map((tag) => (
        <Tag key={tag.id} tag={tag} />
      ))}
      {rest.length > 0 && (
        <span className={c.more} title={rest.map(({ name }) => name).join(', ')}>
          +{rest.length}
        </span>
      )}
    </span>
  )
}
