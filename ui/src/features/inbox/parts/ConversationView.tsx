import { Button, Drawer } from '@mantine/core'
import { IconMessageOff } from '@tabler/icons-react'
import { forwardRef, lazy, Suspense, useImperativeHandle, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { fault } from '@/lib/errors'
import { useLive } from '@/lib/live'
import { useActions, useConversation, useNames, useSettled } from '../api'
import { attach } from '../drafts'
import { useViewing } from '../presence'
import type { Panel } from '../usePanel'
import { useRights } from '../useRights'
import { Composer, type ComposerHandle } from './Composer'
import { ConversationHeader, type HeaderHandle } from './ConversationHeader'
import { Around } from './Around'
import { Thread } from './Thread'
import { SnoozedBar } from './SnoozedBar'
import { DropZone } from './DropZone'
import { ThreadSkeleton } from './Skeletons'
import c from './ConversationView.module.css'

// beside the conversation: what is said comes first
const ContactPanel = lazy(() => import('./ContactPanel'))

export interface ViewHandle {
  /** Puts the cursor into the composer, for a note or a reply. */
  write(note: boolean): void
  assign(): void
  close(): void
}

interface Props {
  id: string
  /** A message that was found, to show in its place. */
  hit: { message: string; words: string }
  panel: Panel
  onBack: () => void
  onOpen: (id: string) => void
}

/** The open conversation: header, messages, composer; and the contact beside it. */
export default forwardRef<ViewHandle, Props>(function ConversationView({ id, hit, panel, onBack, onOpen }, ref) {
  const { t } = useTranslation('inbox')
  const query = useConversation(id)
  const actions = useActions()
  const names = useNames()
  const composer = useRef<ComposerHandle>(null)
  const header = useRef<HeaderHandle>(null)
  const conversation = query.data
  const rights = useRights(conversation)
  // the panel asks for more: it waits until the person stays
  const settled = useSettled(conversation)
  useViewing(id)

  // it was given to someone else and is out of sight now; or it has come back
  const [gone, setGone] = useState('')
  useLive('*', (event) => {
    if (event.collection !== 'conversations' || event.id !== id) return
    const out = event.action === 'gone' || event.action === 'delete'
    if (out) setGone(id)
    else if (gone === id) void query.refetch().then(() => setGone(''))
  })

  useImperativeHandle(ref, () => ({
    write: (note) => composer.current?.focus(note),
    assign: () => header.current?.assign(),
    close() {
      if (!conversation || !rights.edit) return
      if (conversation.status === 'closed') void actions.reopen(conversation)
      else void actions.close(conversation)
    },
  }))

  if (gone === id || (query.isError && !conversation)) {
    return (
      <div className={c.center}>
        {gone === id || fault(query.error).status === 404 ? (
          <EmptyState icon={IconMessageOff} title={t('gone.title')} text={t('gone.text')}>
            <Button variant="default" onClick={onBack}>
              {t('back')}
            </Button>
          </EmptyState>
        ) : (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        )}
      </div>
    )
  }
  if (!conversation) return <ThreadSkeleton />

  const contact = settled && (
    <Suspense fallback={null}>
      <ContactPanel conversation={settled.id === id ? conversation : settled} onClose={panel.hide} onOpen={onOpen} />
    </Suspense>
  )
  return (
    <>
      <DropZone className={c.root!} label={t('conversation')} enabled={rights.reply} onFiles={(files) => attach(id, files)}>
        <ConversationHeader ref={header} conversation={conversation} rights={rights} names={names} panel={panel} onBack={onBack} />
        {hit.message ? (
          <Around key={hit.message} conversation={conversation} message={hit.message} words={hit.words} rights={rights} onLeave={() => onOpen(id)} />
        ) : (
          <Thread key={id} conversation={conversation} rights={rights} names={names} />
        )}
        <SnoozedBar conversation={conversation} rights={rights} />
        <Composer ref={composer} conversation={conversation} rights={rights} names={names} />
      </DropZone>
      {panel.beside ? (
        panel.shown && (
          <aside className={c.panel} aria-label={t('contact.title')}>
            {contact}
          </aside>
        )
      ) : (
        <Drawer.Root opened={panel.shown} onClose={panel.hide} position="right" size={340} padding={0}>
          <Drawer.Overlay />
          <Drawer.Content aria-label={t('contact.title')}>{contact}</Drawer.Content>
        </Drawer.Root>
      )}
    </>
  )
})
