import { useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { userOptions } from './company'
import { setLanguage, type Lang } from './i18n'
import { api } from './pb'
import type { UsersRecord } from './pb-types'
import { queryClient } from './query'
import { toastError } from './toast'

/** What a person has chosen for themselves. Kept with the account, so it follows them to the next computer. */
export interface Preferences {
  language: Lang | ''
  theme: 'light' | 'dark' | 'auto'
  /** A sound at each new message. */
  sound: boolean
  /** The number of unread conversations in the tab's title and icon. */
  title: boolean
  /** A notification of the operating system while the tab is open but not looked at. */
  desktop: boolean
  /** Also for conversations the bot answers. */
  bot: boolean
  /** Signed out after so many minutes without a touch; 0 never. */
  session_idle_minutes: number
  /** An e-mail of each sign-in on a device I never used. */
  login_notifications: boolean
  /** Where the day begins and ends for the summary by e-mail; '' as the company. */
  timezone: string
  /** The page after signing in. */
  default_view: View
  /** Rows a list asks for at once; 0 as each list does. */
  items_per_page: number
  /** Details edited where they stand are saved when they are left. */
  auto_save: boolean
  /** Low rows in lists. */
  compact_mode: boolean
  export_format: 'csv' | 'xlsx'
  export_notes: boolean
}

export type View = 'inbox' | 'board' | 'calendar' | 'contacts' | 'reports'

const DEFAULTS: Preferences = {
  language: '',
  theme: 'auto',
  sound: true,
  title: true,
  desktop: false,
  bot: true,
  session_idle_minutes: 0,
  login_notifications: true,
  timezone: '',
  default_view: 'inbox',
  items_per_page: 0,
  auto_save: true,
  compact_mode: false,
  export_format: 'csv',
  export_notes: true,
}

type User = Pick<UsersRecord, 'preferences'> | undefined

export function preferencesOf(user: User): Preferences {
  return { ...DEFAULTS, ...(user?.preferences as Partial<Preferences> | null | undefined) }
}

/** What happens, as far as the open page tells it. */
export type Happening = 'new_leads' | 'messages' | 'unassigned' | 'assigned' | 'mentions' | 'follow_ups' | 'appointments' | 'channel_off'

/** Ways by event by company, `all` for those without their own. */
type Notifications = Record<string, Record<string, Record<string, boolean>>>

/** Whether a person wants to be told of something in a company: on the page, or by the browser while they look elsewhere. */
export function tells(user: User, company: string, event: Happening, way: 'app' | 'browser'): boolean {
  const stored = (user?.preferences as { notifications?: Notifications } | null | undefined)?.notifications
  return stored?.[company]?.[event]?.[way] ?? stored?.all?.[event]?.[way] ?? true
}

/** An account with one way of an event switched on or off in a company. */
export function withNotification<U extends { preferences: unknown }>(user: U, company: string, event: string, way: string, on: boolean): U {
  const preferences = (user.preferences ?? {}) as { notifications?: Notifications }
  const here = preferences.notifications?.[company]
  return { ...user, preferences: { ...preferences, notifications: { ...preferences.notifications, [company]: { ...here, [event]: { ...here?.[event], [way]: on } } } } }
}

/** The section that has a preference, and its name there; all others are of the section `app`. */
const PLACES: Partial<Record<keyof Preferences, [section: string, name: string]>> = {
  sound: ['notifications', 'sound'],
  title: ['notifications', 'title'],
  desktop: ['notifications', 'browser_push'],
  bot: ['notifications', 'bot'],
  session_idle_minutes: ['security', 'session_timeout'],
  login_notifications: ['security', 'login_notifications'],
}

export function usePreferences(): { preferences: Preferences; change<K extends keyof Preferences>(name: K, value: Preferences[K]): void } {
  const { data: user } = useQuery(userOptions())
  const { setColorScheme } = useMantineColorScheme()
  const preferences = preferencesOf(user)

  function change<K extends keyof Preferences>(name: K, value: Preferences[K]): void {
    if (name === 'language') void setLanguage(value as Lang)
    if (name === 'theme') setColorScheme(value as Preferences['theme'])
    const { queryKey } = userOptions()
    const before = queryClient.getQueryData(queryKey)
    if (before) queryClient.setQueryData(queryKey, { ...before, preferences: { ...(before.preferences as object | null), [name]: value } })
    const [section, key] = PLACES[name] ?? ['app', name]
    api(`/api/recado/me/preferences/${section}`, { method: 'PATCH', body: { [key]: value }, query: { company: '' } }).catch((error: unknown) => {
      queryClient.setQueryData(queryKey, before)
      toastError(error, () => change(name, value))
    })
  }

  return { preferences, change }
}

/** How many rows a list asks for at once. */
export function usePageSize(own: number): number {
  return usePreferences().preferences.items_per_page || own
}
