import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { meOptions } from '@/lib/company'
import { fault } from '@/lib/errors'
import { useLive, useLiveState } from '@/lib/live'
import { userId } from '@/lib/pb'
import { queryClient } from '@/lib/query'

/** Follows what the person may do while they are at it: a new role shows at once, a lost membership ends the screen. */
export function useFollowAccess(company: string): void {
  const state = useLiveState()
  const me = useQuery(meOptions(company))
  const gone = me.data === null
  const out = fault(me.error).code === 'out_of_hours'

  useLive('member.updated', (event) => {
    if (event.record?.user === userId()) void queryClient.invalidateQueries({ queryKey: ['members', 'me'] })
  })
  useLive('role.updated', () => void queryClient.invalidateQueries({ queryKey: ['members', 'me'] }))

  // the feed refuses whoever is no member any more: ask once, so the reason is shown and not guessed
  useEffect(() => {
    if (state === 'forbidden') void queryClient.invalidateQueries({ queryKey: ['members', 'me'] })
  }, [state])
  useEffect(() => {
    if (gone) window.location.assign('/')
  }, [gone])
  // the hours here are over, but not elsewhere: the page says so in place of the screen
  useEffect(() => {
    if (out) window.location.reload()
  }, [out])
}
