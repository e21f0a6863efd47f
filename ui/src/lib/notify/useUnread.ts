import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useCompany, useCompanyId, useMe, userOptions } from '../company'
import { keys } from '../data'
import { pb } from '../pb'
import { preferencesOf } from '../preferences'
import { setIcon, titleWith, unlockSound } from './effects'

const unreadKey = (company: string) => [...keys.list('conversations', { unread: company })]

/** The number of unread conversations that concern this person, also in the tab's title and icon. */
export function useUnread(): number {
  const company = useCompanyId()
  const name = useCompany()?.name
  const me = useMe().member?.id ?? ''
  const { title } = preferencesOf(useQuery(userOptions()).data)

  const { data: unread = 0 } = useQuery({
    queryKey: unreadKey(company),
    enabled: me !== '',
    queryFn: async ({ signal }) => {
      const filter = pb.filter("status != 'closed' && unread > 0 && (assignee = '' || assignee = {:me})", { me })
      const page = await pb.collection('conversations').getList(1, 1, { filter, fields: 'id', signal })
      return page.totalItems
    },
  })

  useEffect(unlockSound, [])

  useEffect(() => {
    const base = name ? `${name} · Recado` : 'Recado'
    document.title = titleWith(base, title ? unread : 0)
    setIcon(title && unread > 0)
  }, [name, unread, title])

  return unread
}
