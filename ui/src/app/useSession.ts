import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useCompany, userOptions } from '@/lib/company'
import { leave, staySignedIn } from '@/lib/pb'
import { preferencesOf } from '@/lib/preferences'

const ACTIVE = 'recado-active'
const MINUTE = 60_000

/** When somebody last touched this browser, in any tab. */
const lastActive = (): number => Number(localStorage.getItem(ACTIVE)) || Date.now()

/** The shorter of two numbers of minutes; 0 is for ever. */
export const shorter = (a: number, b: number): number => (a && b ? Math.min(a, b) : a || b)

/** Keeps who is here signed in, and signs out who has been away for as long as they or the company allow. */
export function useSession(): void {
  const company = useCompany()
  const { data: user } = useQuery(userOptions())
  const wanted = (company?.settings as { session_idle_minutes?: number } | null)?.session_idle_minutes ?? 0
  const idle = shorter(preferencesOf(user).session_idle_minutes, wanted)

  useEffect(() => {
    const touch = (): void => {
      if (Date.now() - Number(localStorage.getItem(ACTIVE)) > 15_000) localStorage.setItem(ACTIVE, String(Date.now()))
    }
    touch()
    void staySignedIn()
    const events = ['pointerdown', 'keydown'] as const
    for (const name of events) window.addEventListener(name, touch, true)
    const timer = setInterval(() => {
      const away = Date.now() - lastActive()
      if (idle > 0 && away >= idle * MINUTE) void leave(true)
      else if (!idle || away < 5 * MINUTE) void staySignedIn()
    }, MINUTE / 2)
    return () => {
      clearInterval(timer)
      for (const name of events) window.removeEventListener(name, touch, true)
    }
  }, [idle])
}
