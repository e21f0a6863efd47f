import { useMediaQuery } from '@mantine/hooks'
import { useState } from 'react'

const KEY = 'recado-contact-panel'

export interface Panel {
  /** It has a column of its own; without the room it slides over the conversation. */
  beside: boolean
  shown: boolean
  toggle(): void
  hide(): void
}

/** Whether the contact is shown beside the conversation. Where there is room the choice is remembered. */
export function usePanel(): Panel {
  const beside = useMediaQuery('(min-width: 75em)', undefined, { getInitialValueInEffect: false }) ?? true
  const [kept, setKept] = useState(() => localStorage.getItem(KEY) !== 'hidden')
  const [over, setOver] = useState(false)
  const shown = beside ? kept : over

  function set(next: boolean): void {
    if (!beside) {
      setOver(next)
      return
    }
    localStorage.setItem(KEY, next ? 'shown' : 'hidden')
    setKept(next)
  }

  return { beside, shown, toggle: () => set(!shown), hide: () => set(false) }
}
