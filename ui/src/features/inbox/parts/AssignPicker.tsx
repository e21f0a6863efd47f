import { Popover } from '@mantine/core'
import { lazy, Suspense, type ReactElement } from 'react'
import type { Conversation } from '../types'
import type { Rights } from '../useRights'

const AssignChoices = lazy(() => import('./AssignChoices'))

interface Props {
  conversation: Conversation
  rights: Rights
  open: boolean
  onOpen: (open: boolean) => void
  children: ReactElement
}

/** Gives a conversation to a colleague, to nobody, or into a queue. Typing narrows the list, arrows and Enter choose. */
export function AssignPicker({ conversation, rights, open, onOpen, children }: Props) {
  return (
    <Popover opened={open} onChange={onOpen} position="bottom-end" width={260} shadow="md" trapFocus returnFocus>
      <Popover.Target>{children}</Popover.Target>
      <Popover.Dropdown p={0}>
        <Suspense fallback={null}>
          <AssignChoices conversation={conversation} rights={rights} onDone={() => onOpen(false)} />
        </Suspense>
      </Popover.Dropdown>
    </Popover>
  )
}
