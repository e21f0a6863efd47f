import { queryOptions } from '@tanstack/react-query'
import PocketBase, { LocalAuthStore, type AuthRecord } from 'pocketbase'
import { signedIn } from '@/lib/pb'
import { queryClient } from '@/lib/query'

/** The connection of whoever runs this Recado: the sign-in of PocketBase's dashboard, beside that of a member. */
export const root = new PocketBase('/', new LocalAuthStore('__pb_superusers__/_'))
root.autoCancellation(false)

/** A sign-in that waits for the code of an e-mail. */
export interface Half {
  mfaId: string
  otpId: string
}

/** Signs a superuser in by password; where that is not enough, a code is mailed and asked for. */
export async function begin(email: string, password: string): Promise<Half | undefined> {
  try {
    await root.collection('_superusers').authWithPassword(email, password)
    return undefined
  } catch (error) {
    const mfaId = (error as { response?: { mfaId?: string } }).response?.mfaId
    if (!mfaId) throw error
    const { otpId } = await root.collection('_superusers').requestOTP(email)
    return { mfaId, otpId }
  }
}

export async function finish({ mfaId, otpId }: Half, code: string): Promise<undefined> {
  await root.collection('_superusers').authWithOTP(otpId, code, { mfaId })
}

export interface Limits {
  members?: number
  channels?: number
  contacts?: number
  messages?: number
}

export interface Tenant {
  id: string
  name: string
  slug: string
  active: boolean
  suspended: boolean
  removal: string
  created: string
  limits: Limits | null
  contacts: number
  messages_in: number
  messages_out: number
  bytes: number
  members: { id: string; user: string; name: string; email: string; role: string; role_key: string; active: boolean; last_seen: string }[]
  channels: { id: string; name: string; kind: string; active: boolean; state: string; state_since: string; state_reason: string }[]
}

interface Overview {
  companies: Tenant[]
  total: Record<'companies' | 'people' | 'contacts' | 'messages_in' | 'messages_out' | 'bytes', number>
  days: number
  disk?: { free: number; size: number }
}

export const isRoot = (): boolean => root.authStore.isValid && root.authStore.isSuperuser

export const overviewOptions = () =>
  queryOptions({
    queryKey: ['admin', 'overview'],
    queryFn: ({ signal }) => root.send<Overview>('/api/recado/admin/overview', { signal }),
    refetchInterval: 60_000,
  })

/** Changes what only whoever runs the instance may. */
export async function changeTenant(id: string, changes: { suspended?: boolean; limits?: Limits }): Promise<void> {
  await root.collection('companies').update(id, changes)
  await queryClient.invalidateQueries({ queryKey: ['admin'] })
}

/** Acts for a person, for half an hour, in this browser. */
export async function actFor(user: string, company: string): Promise<void> {
  const { token, record } = await root.send<{ token: string; record: AuthRecord }>(`/api/collections/users/impersonate/${user}`, { method: 'POST', body: { duration: 1800 } })
  localStorage.removeItem('recado-refresh') // it can't be renewed
  signedIn({ token, record })
  window.location.assign(`/c/${company}/`)
}
