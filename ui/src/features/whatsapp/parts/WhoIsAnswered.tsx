import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { answeringOptions } from '../api'

/** Names the chats of the last day that would have been answered, before it is switched on. */
export function WhoIsAnswered({ channel, answer }: { channel: string; answer: string }) {
  const { t } = useTranslation('settings')
  const { data } = useQuery(answeringOptions(channel, answer))
  if (!data) return null
  if (data.total === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('number.previewNone')}
      </Text>
    )
  }
  return (
    <Text size="sm">
      {t('number.preview', { count: data.total })} {data.chats.map((chat) => chat.name || chat.phone).join(', ')}
      {data.total > data.chats.length && ' …'}
    </Text>
  )
}
