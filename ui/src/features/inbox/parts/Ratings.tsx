import { UnstyledButton } from '@mantine/core'
import { IconStarFilled } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import { useNames, useRatings } from '../api'
import c from './ContactPanel.module.css'

/** What a contact thought of their conversations. A press goes to the conversation. */
export function Ratings({ contact, conversation, onOpen }: { contact: string; conversation: string; onOpen: (id: string) => void }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const names = useNames()
  const ratings = useRatings(contact).data?.items.filter(({ status, conversation: of }) => status === 'answered' || of === conversation) ?? []
  if (ratings.length === 0) return null
  return (
    <section className={c.section} aria-label={t('rating.title')}>
      <h3>{t('rating.title')}</h3>
      <ul className={c.list}>
        {ratings.map((rating) => (
          <li key={rating.id}>
            <UnstyledButton className={c.item} disabled={rating.conversation === conversation} onClick={() => onOpen(rating.conversation)}>
              <span className={c.what}>
                {rating.status === 'answered' ? (
                  <span>
                    <IconStarFilled size={12} aria-hidden /> {t('rating.score', { score: rating.score, scale: rating.scale })}
                  </span>
                ) : (
                  <span>{t(`rating.${rating.status}`)}</span>
                )}
                {rating.member && (
                  <span className={c.state} data-user-text>
                    {names.member(rating.member)}
                  </span>
                )}
              </span>
              <span className={c.when}>{format.custom(rating.answered_at || rating.created, { weekday: 'short', day: 'numeric', month: 'short' })}</span>
              {rating.comment && (
                <span className={c.when} data-user-text>
                  {rating.comment}
                </span>
              )}
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  )
}
