import { lazy, Suspense, useEffect, useRef } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { IconMessages } from '@tabler/icons-react'
import { EmptyState } from '@/components/EmptyState'
import { NoPermission } from '@/components/ErrorState'
import { PageSkeleton } from '@/components/PageSkeleton'
import { useMe } from '@/lib/company'
import { useHotkeys } from '@/lib/hotkeys'
import { useMediaQuery } from '@mantine/hooks'
import { usePanel } from './usePanel'
import { follow } from './feed'
import { followOutbox } from './outbox'
import { followPresence } from './presence'
import { useRoute } from './useRoute'
import { ConversationList, type ListHandle } from './parts/ConversationList'
import { ThreadSkeleton } from './parts/Skeletons'
import type { ViewHandle } from './parts/ConversationView'
import c from './InboxPage.module.css'

// the list comes first; what is needed to open a conversation follows at once
const loadView = () => import('./parts/ConversationView')
const ConversationView = lazy(loadView)
const Board = lazy(() => import('./parts/Board'))

/** The inbox: conversations on the left, the open one in the middle, who it is with on the right. On a phone one at a time. */
export default function InboxPage() {
  const { t } = useTranslation('inbox')
  const { member, can } = useMe()
  const route = useRoute()
  const list = useRef<ListHandle>(null)
  const view = useRef<ViewHandle>(null)
  const panel = usePanel()
  const phone = useMediaQuery('(max-width: 48em)', undefined, { getInitialValueInEffect: false })

  useEffect(() => {
    // not loaded now, it is tried again when a conversation is opened
    loadView().catch(() => undefined)
    const ends = [follow(), followOutbox(), followPresence()]
    return () => {
      for (const end of ends) end()
    }
  }, [])

  const open = route.conversation !== ''
  useHotkeys(t('title'), [
    { keys: 'j', label: t('hotkey.next'), run: () => list.current?.move(1) },
    { keys: 'k', label: t('hotkey.previous'), run: () => list.current?.move(-1) },
    { keys: '/', label: t('hotkey.search'), run: () => list.current?.search() },
    ...(open
      ? [
          { keys: 'r', label: t('hotkey.reply'), run: () => view.current?.write(false) },
          { keys: 'Enter', label: t('hotkey.reply'), run: () => view.current?.write(false) },
          { keys: 'n', label: t('hotkey.note'), run: () => view.current?.write(true) },
          { keys: 'a', label: t('hotkey.assign'), run: () => view.current?.assign() },
          { keys: 'e', label: t('hotkey.close'), run: () => view.current?.close() },
          { keys: 'i', label: t('hotkey.panel'), run: panel.toggle },
          { keys: 'Escape', label: t('hotkey.leave'), run: () => leave() },
        ]
      : []),
  ])

  function leave(): void {
    if (route.filters.q) route.show({ q: '' }, true)
    else route.open('')
  }

  if (member && !can('inbox.view_own')) return <NoPermission />

  if (route.board && !open) {
    return (
      <Suspense fallback={<PageSkeleton />}>
        <Board route={route} />
      </Suspense>
    )
  }

  return (
    <div className={c.root} data-open={open || undefined}>
      {!(phone && open) && <ConversationList ref={list} route={route} />}
      {open ? (
        <Suspense fallback={<ThreadSkeleton />}>
          <ConversationView ref={view} id={route.conversation} hit={{ message: route.message, words: route.filters.q }} panel={panel} onBack={() => route.open('')} onOpen={(id) => route.open(id)} />
        </Suspense>
      ) : (
        <div className={c.nothing}>
          <EmptyState icon={IconMessages} title={t('pick.title')} text={t('pick.text')} />
        </div>
      )}
    </div>
  )
}
