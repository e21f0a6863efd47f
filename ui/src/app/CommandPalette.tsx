import '@mantine/spotlight/styles.layer.css'
import { createSpotlight, Spotlight, type SpotlightActionData, type SpotlightActionGroupData } from '@mantine/spotlight'
import { IconDeviceDesktop, IconKeyboard, IconLogout, IconMessage2, IconMoon, IconSearch, IconSun, IconUser } from '@tabler/icons-react'
import { useMantineColorScheme } from '@mantine/core'
import { useNavigate } from '@tanstack/react-router'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useMe } from '@/lib/company'
import { fold } from '@/lib/fold'
import { signOut } from '@/lib/pb'
import { around, search, searchable } from '@/lib/search'
import { NAV, SETTINGS } from './nav'

const [store, spotlight] = createSpotlight()

/** Enter opens what stands first; the arrows go on from there. */
function selectFirst(): void {
  const list = document.getElementById(store.getState().listId)?.querySelectorAll('[data-action]') ?? []
  for (const [at, action] of list.entries()) action.toggleAttribute('data-selected', at === 0)
  store.updateState((state) => ({ ...state, selected: list.length > 0 ? 0 : -1 }))
}

/** ⌘K: everything that can be gone to or switched, by its name; people and what was said, by their words. */
export default function CommandPalette({ company, onClose, onHelp }: { company: string; onClose: () => void; onHelp: () => void }) {
  const navigate = useNavigate()
  const { t } = useTranslation()
  const { can } = useMe()
  const { setColorScheme } = useMantineColorScheme()

  const [query, setQuery] = useState('')
  const [settled] = useDebouncedValue(query, 200)
  const found = useQuery({
    queryKey: ['search', company, settled],
    queryFn: ({ signal }) => search(settled, signal),
    enabled: searchable(settled),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })

  useEffect(() => {
    spotlight.open()
  }, [])

  const inbox = (conversation: string | undefined, where: object) => () => void navigate({ to: '/c/$company/inbox/{-$conversation}', params: { company, conversation }, search: where as never })
  // what is found came by its own words: the palette's filter has nothing to say about it
  const hits: SpotlightActionGroupData[] = searchable(query)
    ? [
        {
          group: t('palette.people'),
          actions: (found.data?.contacts ?? []).map((contact) => ({
            id: contact.id,
            label: contact.name || contact.phone || contact.email,
            description: [contact.phone, contact.email].filter(Boolean).join(' · '),
            leftSection: <IconUser size={17} stroke={1.6} />,
            onClick: inbox(undefined, { q: contact.name || contact.phone || contact.email }),
          })),
        },
        {
          group: t('palette.said'),
          actions: (found.data?.messages ?? []).slice(0, 8).map((hit) => ({
            id: hit.id,
            label: hit.name || hit.contact,
            description: around(hit.text, settled),
            leftSection: <IconMessage2 size={17} stroke={1.6} />,
            onClick: inbox(hit.conversation, { q: settled, message: hit.id }),
          })),
        },
      ].filter((group) => group.actions.length > 0)
    : []

  const go = [...NAV, ...SETTINGS].filter((item) => !item.permission || can(item.permission))
  const actions: SpotlightActionData[] = [
    ...go.map((item) => ({
      id: item.key,
      label: t(`nav.${item.key}`),
      leftSection: <item.icon size={17} stroke={1.6} />,
      onClick: () => void navigate({ to: item.to, params: { company } }),
    })),
    { id: 'light', label: t('theme.useLight'), leftSection: <IconSun size={17} />, onClick: () => setColorScheme('light') },
    { id: 'dark', label: t('theme.useDark'), leftSection: <IconMoon size={17} />, onClick: () => setColorScheme('dark') },
    { id: 'auto', label: t('theme.useAuto'), leftSection: <IconDeviceDesktop size={17} />, onClick: () => setColorScheme('auto') },
    { id: 'help', label: t('hotkeys.title'), leftSection: <IconKeyboard size={17} />, onClick: onHelp },
    { id: 'out', label: t('shell.signOut'), leftSection: <IconLogout size={17} />, onClick: () => signOut(false) },
  ]

  const named = actions.filter((action) => fold(action.label ?? '').includes(fold(query)))
  const order = [...named, ...hits.flatMap((group) => group.actions)].map((action) => action.id).join(' ')
  useEffect(() => {
    if (query) selectFirst()
  }, [query, order])

  return (
    <Spotlight
      store={store}
      onSpotlightClose={onClose}
      shortcut={null}
      query={query}
      onQueryChange={setQuery}
      actions={[...named, ...hits]}
      filter={(_, shown) => shown}
      nothingFound={t('palette.nothing')}
      highlightQuery
      centered={false}
      yOffset="12vh"
      overlayProps={{ blur: 0 }}
      scrollable
      maxHeight={420}
      searchProps={{ placeholder: t('palette.placeholder'), 'aria-label': t('palette.placeholder'), leftSection: <IconSearch size={18} stroke={1.6} /> }}
    />
  )
}
