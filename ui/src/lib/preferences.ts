import { useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { userOptions } from './company'
import { setLanguage, type Lang } from './i18n'
import { pb, userId } from './pb'
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
}

const DEFAULTS: Preferences = { language: '', theme: 'auto', sound: true, title: true, desktop: false, bot: true, session_idle_minutes: 0, login_notifications: true }

export function preferencesOf(user: Pick<UsersRecord, 'preferences'> | undefined): Preferences {
  return { ...DEFAULTS, ...(user?.preferences as Partial<Preferences> | null | undefined) }
}

export function usePreferences(): { preferences: Preferences; change(changes: Partial<Preferences>): void } {
  const { data: user } = useQuery(userOptions())
  const { setColorScheme } = useMantineColorScheme()
  const preferences = preferencesOf(user)

  function change(changes: Partial<Preferences>): void {
    if (changes.language) void setLanguage(changes.language)
    if (changes.theme) setColorScheme(changes.theme)
    const key = userOptions().queryKey
    const before = queryClient.getQueryData(key)
    const next = { ...preferences, ...changes }
    if (before) queryClient.setQueryData(key, { ...before, preferences: next })
    pb.collection('users')
      .update<UsersRecord>(userId(), { preferences: next, ...(changes.language ? { locale: changes.language } : {}) })
      .then((saved) => queryClient.setQueryData(key, saved))
      .catch((error: unknown) => {
        queryClient.setQueryData(key, before)
        toastError(error, () => change(changes))
      })
  }

  return { preferences, change }
}
