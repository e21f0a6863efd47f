import { IconX } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toastError } from '@/lib/toast'
import c from './InlineField.module.css'

/** Tags as chips: Enter or a comma adds one, Backspace in the empty field takes the last away. */
export function TagField({ tags, edit, onSave }: { tags: string[]; edit: boolean; onSave: (tags: string[]) => Promise<void> }) {
  const { t } = useTranslation('inbox')
  const id = useId()
  const [text, setText] = useState('')

  const save = (next: string[]): void => void onSave(next).catch(toastError)
  function add(): void {
    const tag = text.trim()
    setText('')
    if (tag && !tags.includes(tag)) save([...tags, tag])
  }

  return (
    <div className={c.root}>
      <label className={c.label} htmlFor={edit ? id : undefined}>
        {t('contact.tags')}
      </label>
      <div className={c.tags} data-edit={edit || undefined}>
        {tags.map((tag) => (
          <span key={tag} className={c.tag} data-user-text>
            {tag}
            {edit && (
              <button type="button" aria-label={t('contact.removeTag', { tag })} onClick={() => save(tags.filter((one) => one !== tag))}>
                <IconX size={12} aria-hidden />
              </button>
            )}
          </span>
        ))}
        {edit ? (
          <input
            id={id}
            value={text}
            placeholder={tags.length === 0 ? t('contact.add') : t('contact.addTag')}
            maxLength={40}
            onChange={(event) => setText(event.currentTarget.value)}
            onBlur={add}
            onKeyDown={(event) => {
              if (event.key === 'Enter' || event.key === ',') {
                event.preventDefault()
                add()
              } else if (event.key === 'Backspace' && text === '' && tags.length > 0) {
                save(tags.slice(0, -1))
              } else if (event.key === 'Escape') {
                event.stopPropagation()
                setText('')
                event.currentTarget.blur()
              }
            }}
          />
        ) : (
          tags.length === 0 && '–'
        )}
      </div>
    </div>
  )
}
