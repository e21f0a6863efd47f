import { useId, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { errorText } from '@/lib/errors'
import { usePreferences } from '@/lib/preferences'
import c from './InlineField.module.css'

interface Props {
  label: string
  value: string
  /** How the value reads, where that is not how it is written. */
  shown?: string
  /** What an empty field says. */
  empty: string
  edit: boolean
  type?: 'text' | 'tel' | 'email' | 'date' | 'number' | 'url'
  /** Several lines: Enter starts a new one, leaving the field saves. */
  long?: boolean
  onSave: (value: string) => Promise<void>
}

/** A value that is edited where it stands: press it, write, Enter. Esc leaves it as it was. Leaving it saves, unless somebody wants to be asked. */
export function InlineField({ label, value, shown = value, empty, edit, type = 'text', long = false, onSave }: Props) {
  const { t } = useTranslation()
  const id = useId()
  const { auto_save: auto } = usePreferences().preferences
  const [text, setText] = useState<string>()
  const [error, setError] = useState('')
  const editing = text !== undefined

  async function save(): Promise<void> {
    if (text === undefined) return
    const next = text.trim()
    if (next === value) {
      setText(undefined)
      setError('')
      return
    }
    try {
      setText(undefined)
      setError('')
      await onSave(next)
    } catch (problem) {
      setText(next)
      setError(errorText(problem))
    }
  }

  const field = {
    id,
    className: c.field,
    value: text ?? '',
    autoFocus: true,
    'aria-invalid': error !== '',
    'aria-describedby': error ? `${id}-error` : undefined,
    onChange: (event: { currentTarget: { value: string } }) => setText(event.currentTarget.value),
    onBlur: () => {
      if (auto && !error) void save()
    },
    onKeyDown: (event: React.KeyboardEvent) => {
      if (event.key === 'Enter' && !(long && !event.ctrlKey && !event.metaKey)) {
        event.preventDefault()
        void save()
      }
      if (event.key === 'Escape') {
        event.stopPropagation()
        setText(undefined)
        setError('')
      }
    },
  }

  return (
    <div className={c.root}>
      <label className={c.label} htmlFor={editing ? id : undefined} id={`${id}-label`}>
        {label}
      </label>
      {editing ? (
        <>
          {long ? <textarea {...field} rows={4} /> : <input {...field} type={type} />}
          {!auto && (
            <span className={c.ask}>
              <button type="button" onClick={() => void save()}>
                {t('common.save')}
              </button>
              <button
                type="button"
                onClick={() => {
                  setText(undefined)
                  setError('')
                }}
              >
                {t('form.discard')}
              </button>
            </span>
          )}
          {error && (
            <p id={`${id}-error`} className={c.error} role="alert">
              {error}
            </p>
          )}
        </>
      ) : edit ? (
        <button type="button" className={c.value} aria-labelledby={`${id}-label ${id}-value`} onClick={() => setText(value)}>
          <span id={`${id}-value`} data-user-text={value !== '' || undefined} data-empty={value === '' || undefined}>
            {shown || empty}
          </span>
        </button>
      ) : (
        <div className={c.fixed}>{shown || '–'}</div>
      )}
    </div>
  )
}
