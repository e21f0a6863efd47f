import { queryOptions } from '@tanstack/react-query'
import { api } from './pb'

/** Whether a company has sample data. */
interface Demo {
  filled: boolean
  contacts: number
}

const PATH = '/api/recado/demo'

export const demoOptions = (company: string) => queryOptions({ queryKey: ['demo', company], queryFn: ({ signal }) => api<Demo>(PATH, { query: { company }, signal }) })

export const fillDemo = (company: string): Promise<Demo> => api(PATH, { method: 'POST', query: { company } })

/** Removes it. `kept` rows are in use meanwhile and stay. */
export const clearDemo = (company: string): Promise<Demo & { kept: number }> => api(PATH, { method: 'DELETE', query: { company } })
