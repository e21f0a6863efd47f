import { queryOptions } from '@tanstack/react-query'
import { applyRecord, listOptions } from '@/lib/data'
import { digitsOf } from '@/lib/money'
import { api, pb } from '@/lib/pb'
import type { AgentEvaluationsRecord, AgentTrialsRecord } from '@/lib/pb-types'

/** What an agent did for one answer. */
export interface Run {
  outcome: string
  reason?: string
  steps?: unknown
  tokens_in: number
  tokens_out: number
  /** Millionths of the minor unit. */
  cost: number
  ms: number
}

/** One thing that was said, or that happened, in a talk. */
export interface Line {
  who: 'customer' | 'agent' | 'event'
  kind?: string
  text?: string
  options?: { id: string; label: string }[]
  runs?: Run[]
}

export interface Turn {
  at: string
  said: string[]
  then: { by: string; text: string }[]
  now: Line[]
}

/** A playground, or a replay with its turns so far. */
export interface Rehearsal {
  id: string
  agent: string
  version: string
  turns: Turn[]
  total: number
  done: boolean
  problem: string
}

export interface Scenario {
  id: string
  locale: string
  about: string
  title: string
  catches: string[]
}

/** How a version did with customers. */
export interface Figures {
  version: string
  conversations: number
  booked: number
  handedOver: number
  fallback: number
  answers: number
  tokens: number
  cost: number
  good: number
  bad: number
  appointments: number
  noShows: number
  cancelled: number
}

export const scenariosOptions = (company: string) =>
  queryOptions({ queryKey: ['agents', 'scenarios', company], queryFn: ({ signal }) => api<{ items: Scenario[] }>('/api/recado/agents/scenarios', { signal }), staleTime: Infinity })

export const figuresOptions = (company: string, prompt: string, from: string, to: string) =>
  queryOptions({
    queryKey: ['agents', 'figures', company, prompt, from, to],
    queryFn: ({ signal }) => api<{ items: Figures[] }>('/api/recado/agents/versions', { query: { prompt, from, to }, signal }),
    enabled: prompt !== '',
  })

export const isOver = (evaluation: AgentEvaluationsRecord): boolean => evaluation.status !== 'waiting' && evaluation.status !== 'running'

/** The evaluations of an agent, the newest first; asked again while one goes on. */
export const evaluationsOptions = (agent: string) => ({
  ...listOptions('agent_evaluations', { filter: pb.filter('agent = {:agent}', { agent }), sort: '-id', perPage: 30 }, { match: (one) => one.agent === agent, compare: (a, b) => (a.id > b.id ? -1 : 1) }),
  refetchInterval: (query: { state: { data?: { items: AgentEvaluationsRecord[] } | undefined } }) => (query.state.data?.items.some((one) => !isOver(one)) ? 1_000 : false),
})

/** How the scenarios of an evaluation went, without what was said in them. */
export const trialsOptions = (evaluation: string, going: boolean) => ({
  ...listOptions('agent_trials', { filter: pb.filter('evaluation = {:evaluation}', { evaluation }), sort: 'id', fields: 'id,company,evaluation,scenario,passed,problems,tokens_in,tokens_out,cost,ms', perPage: 500 }),
  refetchInterval: going ? 1_000 : (false as const),
})

export async function evaluate(agent: string, version: string): Promise<void> {
  applyRecord('agent_evaluations', await api<AgentEvaluationsRecord>(`/api/recado/agents/${agent}/evaluations`, { method: 'POST', body: { version } }))
}

export async function cancelEvaluation(id: string): Promise<void> {
  applyRecord('agent_evaluations', await api<AgentEvaluationsRecord>(`/api/recado/agent-evaluations/${id}/cancel`, { method: 'POST' }))
}

export const openRehearsal = (agent: string, version: string, conversation?: string): Promise<Rehearsal> =>
  api<Rehearsal>(`/api/recado/agents/${agent}/rehearsals`, { method: 'POST', body: conversation ? { version, conversation } : { version } })

export const lookAtRehearsal = (id: string): Promise<Rehearsal> => api<Rehearsal>(`/api/recado/rehearsals/${id}`)

export const closeRehearsal = (id: string): Promise<unknown> => api(`/api/recado/rehearsals/${id}`, { method: 'DELETE' })

export const sayIn = (id: string, text: string, payload = ''): Promise<{ lines: Line[] }> => api<{ lines: Line[] }>(`/api/recado/rehearsals/${id}/messages`, { method: 'POST', body: { text, payload } })

/** What was wrong at the end of a scenario. */
export function problemsOf(trial: AgentTrialsRecord): { code: string; text: string }[] {
  return Array.isArray(trial.problems) ? (trial.problems as { code: string; text: string }[]) : []
}

/** The lines of a talk as they were stored. */
export const linesOf = (value: unknown): Line[] => (Array.isArray(value) ? (value as Line[]) : [])

export interface Step {
  kind: string
  name?: string
  text?: string
  input?: unknown
  output?: unknown
  problem?: string
}

export const stepsOf = (run: Run): Step[] => (Array.isArray(run.steps) ? (run.steps as Step[]) : [])

/** Adds up what answers used; cost in millionths of the minor unit. */
export function usedBy(lines: Line[]): { tokens: number; cost: number } {
  const runs = lines.flatMap((line) => line.runs ?? [])
  return { tokens: runs.reduce((sum, run) => sum + run.tokens_in + run.tokens_out, 0), cost: runs.reduce((sum, run) => sum + run.cost, 0) }
}

/** Millionths of the minor unit as an amount, for sums of less than a cent, too. */
export const amountOf = (cost: number, currency: string): number => cost / 1_000_000 / 10 ** digitsOf(currency)

/** A share in whole percent; undefined where there is nothing to share. */
export const percent = (part: number, whole: number): number | undefined => (whole > 0 ? Math.round((100 * part) / whole) : undefined)
