import { useTranslation } from '@/lib/useTranslation'
import { useTags } from '@/lib/tags'
import { useMembers } from './api'

/** How the value of a field is told: names for ids, words for keys; '' for what has no words. */
export function useShown(): (field: string, value: unknown) => string {
  const { t } = useTranslation('contacts')
  const members = useMembers()
  const tags = useTags().data?.items ?? []

  return (field, value) => {
    if (field === 'tags') return (value as string[]).map((id) => tags.find((tag) => tag.id === id)?.name ?? '').filter(Boolean).join(', ')
    if (field === 'owner') return value ? members.name(String(value)) : ''
    if (field === 'lifecycle') return value ? t(`lifecycle.${String(value)}`) : ''
    if (field === 'bot_off') return value ? t('details.botOff') : t('details.botOn')
    return typeof value === 'string' ? value : ''
  }
}
