import { ActionIcon, TextInput } from '@mantine/core'
import { IconSearch, IconX } from '@tabler/icons-react'
import { forwardRef, useEffect, useRef, useState } from 'react'

interface Props {
  /** What is searched for, as the address has it. */
  q: string
  label: string
  placeholder: string
  /** The name of the button that empties the box. */
  clear: string
  className?: string | undefined
  onSearch: (q: string) => void
}

/** What is typed is searched for a moment later; Escape empties the box, then leaves it. */
export const SearchBox = forwardRef<HTMLInputElement, Props>(function SearchBox({ q, label, placeholder, clear, className, onSearch }, ref) {
  const [text, setText] = useState(q)
  const told = useRef(q)

  // the address changed from elsewhere (back, a cleared filter): follow it
  useEffect(() => {
    if (q === told.current) return
    told.current = q
    setText(q)
  }, [q])

  useEffect(() => {
    if (text.trim() === told.current) return undefined
    const timer = setTimeout(() => {
      told.current = text.trim()
      onSearch(told.current)
    }, 250)
    return () => clearTimeout(timer)
  }, [text, onSearch])

  return (
    <TextInput
      ref={ref}
      type="search"
      size="xs"
      {...(className ? { className } : {})}
      value={text}
      placeholder={placeholder}
      aria-label={label}
      leftSection={<IconSearch size={15} stroke={1.75} />}
      rightSection={
        text && (
          <ActionIcon size="sm" aria-label={clear} onClick={() => setText('')}>
            <IconX size={14} />
          </ActionIcon>
        )
      }
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        if (text) setText('')
        else event.currentTarget.blur()
      }}
    />
  )
})
