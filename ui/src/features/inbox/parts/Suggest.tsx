import { useEffect, useImperativeHandle, useState, type KeyboardEvent, type ReactNode, type Ref } from 'react'
import c from './Suggest.module.css'

export interface Suggestion {
  key: string
  title: string
  text?: string
  mark?: ReactNode
  choose(): void
}

export interface SuggestHandle {
  /** Offers a key to the list; true if the list has used it. */
  key(event: KeyboardEvent): boolean
}

interface Props {
  ref: Ref<SuggestHandle>
  label: string
  items: Suggestion[]
  /** Said when nothing fits, or what to do while there is nothing. */
  nothing: ReactNode
  onClose: () => void
  /** Which option is active, for the field that keeps the focus. */
  onActive: (id: string) => void
}

/** The id of the list, for the field that controls it. */
export const SUGGESTIONS = 'composer-suggestions'

/** A list over the composer: arrows move, Enter and Tab choose, Escape closes. The focus stays in the text. */
export function Suggest({ ref, label, items, nothing, onClose, onActive }: Props) {
  const [at, setAt] = useState(0)
  const active = items[Math.min(at, items.length - 1)]
  const activeId = active ? `${SUGGESTIONS}-${active.key}` : ''

  useEffect(() => {
    onActive(activeId)
    document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' })
    return () => onActive('')
    // oxlint-disable-next-line react/exhaustive-deps -- only when another one is active
  }, [activeId])

  useImperativeHandle(ref, () => ({
    key(event) {
      if (event.nativeEvent.isComposing) return false
      if ((event.key === 'ArrowDown' || event.key === 'ArrowUp') && items.length > 0) {
        const now = Math.min(at, items.length - 1)
        setAt((now + (event.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length)
      } else if ((event.key === 'Enter' || event.key === 'Tab') && active && !event.shiftKey) active.choose()
      else if (event.key === 'Escape') onClose()
      else return false
      event.preventDefault()
      event.stopPropagation()
      return true
    },
  }))

  return (
    <div className={c.root}>
        {items.length === 0 ? (
          <div className={c.nothing} role="status">
            {nothing}
          </div>
        ) : (
          <div id={SUGGESTIONS} role="listbox" aria-label={label} className={c.list}>
            {items.map((item, index) => (
              <div
                key={item.key}
                id={`${SUGGESTIONS}-${item.key}`}
                role="option"
                tabIndex={-1}
                aria-selected={item === active}
                className={c.option}
                data-active={item === active || undefined}
                onPointerMove={() => setAt(index)}
                // the text keeps the focus
                onPointerDown={(event) => event.preventDefault()}
                onClick={item.choose}
                onKeyDown={(event) => event.key === 'Enter' && item.choose()}
              >
                {item.mark}
                <span className={c.title} data-user-text>
                  {item.title}
                </span>
                {item.text && (
                  <span className={c.text} data-user-text>
                    {item.text}
                  </span>
                )}
              </div>
            ))}
          </div>
        )}
    </div>
  )
}
