import { useId, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useMe } from '@/lib/company'
import { makeTag, tagKey, useTags } from '@/lib/tags'
import { toastError } from '@/lib/toast'
import { Tag } from './Tag'
import field from './InlineField.module.css'
import c from './TagField.module.css'

interface Props {
  label: string
  ids: string[]
  edit: boolean
  onSave: (ids: string[]) => Promise<unknown>
  /** Without the label beside it, for places that say what it is. */
  bare?: boolean
}

const MOST = 8

/** Tags as chips: what is typed finds one or makes it; Backspace in the empty field takes the last away. */
export function TagField({ label, ids, edit, onSave, bare = false }: Props) {
  const { t } = useTranslation()
  const { can } = useMe()
  const id = useId()
  const tags = useTags().data?.items ?? []
  const [text, setText] = useState('')
  const [open, setOpen] = useState(false)
  const [at, setAt] = useState(0)

  const shown = ids.flatMap((one) => tags.find((tag) => tag.id === one) ?? [])
  const key = tagKey(text)
  const offered = tags.filter((tag) => !tag.archived && !ids.includes(tag.id) && tag.key.includes(key)).slice(0, MOST)
  const create = key !== '' && can('contacts.edit_own') && !tags.some((tag) => tag.key === key)
  const count = offered.length + (create ? 1 : 0)
  const place = Math.min(at, count - 1)

  const save = (next: string[]): void => void onSave(next).catch(toastError)
  async function choose(index: number): Promise<void> {
    const name = text
    setText('')
    setAt(0)
    try {
      const tag = offered[index] ?? (create ? await makeTag(name) : undefined)
      if (tag) save([...ids, tag.id])
    } catch (error) {
      setText(name)
      toastError(error)
    }
  }

  const input = (
    <input
      id={id}
      role="combobox"
      aria-label={bare ? label : undefined}
      aria-expanded={open && count > 0}
      aria-controls={`${id}-list`}
      aria-activedescendant={open && count > 0 ? `${id}-${place}` : undefined}
      aria-autocomplete="list"
      autoComplete="off"
      value={text}
      placeholder={t('tags.add')}
      maxLength={40}
      onChange={(event) => {
        setText(event.currentTarget.value)
        setOpen(true)
        setAt(0)
      }}
      onFocus={() => setOpen(true)}
      onBlur={() => setOpen(false)}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
          event.preventDefault()
          setOpen(true)
          if (count > 0) setAt((place + (event.key === 'ArrowDown' ? 1 : count - 1)) % count)
        } else if ((event.key === 'Enter' || event.key === ',') && (text.trim() || open)) {
          event.preventDefault()
          if (count > 0) void choose(Math.max(0, place))
        } else if (event.key === 'Backspace' && text === '' && ids.length > 0) {
          save(ids.slice(0, -1))
        } else if (event.key === 'Escape' && (open || text)) {
          event.stopPropagation()
          setText('')
          setOpen(false)
        }
      }}
    />
  )

  return (
    <div className={bare ? c.bare : field.root}>
      {!bare && (
        <label className={field.label} htmlFor={edit ? id : undefined}>
          {label}
        </label>
      )}
      <div className={`${field.tags} ${c.root}`} data-edit={edit || undefined}>
        {shown.map((tag) => (
          <Tag key={tag.id} tag={tag} onRemove={edit ? () => save(ids.filter((one) => one !== tag.id)) : undefined} />
        ))}
        {edit ? input : shown.length === 0 && '–'}
        {edit && open && count > 0 && (
          <div id={`${id}-list`} role="listbox" aria-label={label} className={c.list}>
            {offered.map((tag, index) => (
              <Option key={tag.id} id={`${id}-${index}`} chosen={index === place} onChoose={() => void choose(index)}>
                <Tag tag={tag} />
              </Option>
            ))}
            {create && (
              <Option id={`${id}-${offered.length}`} chosen={place === offered.length} onChoose={() => void choose(offered.length)}>
                {t('tags.create', { name: text.trim() })}
              </Option>
            )}
          </div>
        )}
      </div>
    </div>
  )
}

function Option({ id, chosen, onChoose, children }: { id: string; chosen: boolean; onChoose: () => void; children: React.ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the keys are handled where the focus stays: in the field
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      className={c.option}
      // the field keeps the focus, or the list would close before the click
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      {children}
    </div>
  )
}
