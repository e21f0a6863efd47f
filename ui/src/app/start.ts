import { queryClient } from '@/lib/query'
import { api } from '@/lib/pb'

export interface SetupState {
  needed: boolean
  codeRequired: boolean
}

/** Whether this Recado is still empty and waits for its wizard. */
export function setupState(): Promise<SetupState> {
  return queryClient.fetchQuery({
    queryKey: ['setup'],
    queryFn: () => api<SetupState>('/api/recado/setup'),
    staleTime: 0,
  })
}

const LAST = 'recado-company'

export function lastCompany(): string {
  return localStorage.getItem(LAST) ?? ''
}

export function rememberCompany(id: string): void {
  if (lastCompany() !== id) localStorage.setItem(LAST, id)
}
