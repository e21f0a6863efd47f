import { useTranslation } from '@/lib/useTranslation'
import type { Names } from '../api'
import { useTyping } from '../presence'
import c from './TypingLine.module.css'

/** Says who is typing: the customer, or a colleague about to answer the same person. */
export function TypingLine({ conversation, me, who, names }: { conversation: string; me: string; who: string; names: Names }) {
  const { t } = useTranslation('inbox')
  const typing = useTyping(conversation).filter((by) => by !== me)
  const people = typing.map((by) => (by === 'contact' ? who : names.member(by)))
  return (
    <div className={c.root} role="status" aria-live="polite">
      {people.length > 0 && (
        <span className={c.line}>
          <span className={c.dots} aria-hidden>
            <i />
            <i />
            <i />
          </span>
          {t('typing.who', { count: people.length, names: people.join(', ') })}
        </span>
      )}
    </div>
  )
}
