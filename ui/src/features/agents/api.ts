import { queryOptions } from '@tanstack/react-query'
import { applyRecord, listOptions } from '@/lib/data'
import { api, pb } from '@/lib/pb'
import type { AgentPromptVersionsRecord, AgentsRecord, AiKeysRecord } from '@/lib/pb-types'

const byName = { match: () => true, compare: (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name) }

export const agentsOptions = () => listOptions('agents', { sort: 'name' }, byName)
export const keysOptions = () => listOptions('ai_keys', { sort: 'name' }, byName)
export const promptsOptions = () => listOptions('agent_prompts', { sort: 'name' }, byName)

/** The versions of instructions, the newest first. */
export const versionsOptions = (prompt: string) => ({
  ...listOptions('agent_prompt_versions', { filter: pb.filter('prompt = {:prompt}', { prompt }), sort: '-number' }, { match: (version) => version.prompt === prompt, compare: (a, b) => b.number - a.number }),
  enabled: prompt !== '',
})

/** Tries a key; `problem` of the answer says what is wrong. */
export async function testKey(id: string, model: string): Promise<AiKeysRecord> {
  const key = await api<AiKeysRecord>(`/api/recado/ai-keys/${id}/test`, { method: 'POST', body: { model } })
  applyRecord('ai_keys', key)
  return key
}

/** Makes a version live, for all or for a share of the contacts, or takes it back. */
export async function release(id: string, state: string, weight = 0): Promise<void> {
  applyRecord('agent_prompt_versions', await api<AgentPromptVersionsRecord>(`/api/recado/agent-prompt-versions/${id}/release`, { method: 'POST', body: { state, weight } }))
}

interface Tool {
  name: string
  writes: boolean
  always: boolean
}

export const toolsOptions = (company: string) => queryOptions({ queryKey: ['agents', 'tools', company], queryFn: ({ signal }) => api<{ items: Tool[] }>('/api/recado/agents/tools', { signal }), staleTime: Infinity })

/** What an agent used on a day; cost in millionths of the minor unit. */
export interface Cost {
  day: string
  agent: string
  name: string
  tokens: number
  cost: number
  runs: number
  /** Of the cost, what evaluations, playground and replays used. */
  trials: number
}

/** What agents used in a conversation. */
export interface ConversationCost {
  conversation: string
  contact: string
  name: string
  agent: string
  tokens: number
  cost: number
  runs: number
}

export const conversationCostsOptions = (company: string, from: string, to: string) =>
  queryOptions({
    queryKey: ['agents', 'costs', 'conversations', company, from, to],
    queryFn: ({ signal }) => api<{ items: ConversationCost[] }>(`/api/recado/agents/costs?by=conversation&from=${from}&to=${to}`, { signal }),
  })

export const costsOptions = (company: string, from: string, to: string) =>
  queryOptions({ queryKey: ['agents', 'costs', company, from, to], queryFn: ({ signal }) => api<{ items: Cost[] }>(`/api/recado/agents/costs?from=${from}&to=${to}`, { signal }) })

/** A text as a cell of a CSV file; one that a spreadsheet would read as a formula stays text. */
export const quoted = (text: string): string => `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`

export const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [])

/** What an agent may use: tokens and minor units first. 0: no limit or, where there is one, the standard. */
export const LIMITS = [
  'conversation_cost',
  'conversation_tokens',
  'day_cost',
  'day_tokens',
  'month_cost',
  'month_tokens',
  'replies',
  'rounds',
  'calls',
  'same',
  'call_seconds',
  'run_seconds',
  'debounce',
  'debounce_max',
] as const

/** The standard of a limit that has one, and the most it can be. */
export const STANDARD: Partial<Record<string, [standard: number, most: number]>> = {
  replies: [20, 1000],
  rounds: [6, 20],
  calls: [12, 50],
  same: [3, 10],
  call_seconds: [30, 30],
  run_seconds: [90, 90],
  debounce: [3, 60],
  debounce_max: [20, 120],
}

export function limitsOf(agent: AgentsRecord | undefined): Record<string, number> {
  const limits = agent?.limits
  return typeof limits === 'object' && limits !== null ? (limits as Record<string, number>) : {}
}

/** Lines of two texts: what stayed, went and came. */
export function diff(before: string, after: string): { kind: 'same' | 'gone' | 'new'; text: string }[] {
  const [a, b] = [before.split('\n'), after.split('\n')]
  const length = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => 0))
  for (let i = a.length - 1; i >= 0; i--) for (let j = b.length - 1; j >= 0; j--) length[i]![j] = a[i] === b[j] ? length[i + 1]![j + 1]! + 1 : Math.max(length[i + 1]![j]!, length[i]![j + 1]!)
  const lines: { kind: 'same' | 'gone' | 'new'; text: string }[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ kind: 'same', text: a[i++]! })
      j++
    } else if (j >= b.length || (i < a.length && length[i + 1]![j]! >= length[i]![j + 1]!)) lines.push({ kind: 'gone', text: a[i++]! })
    else lines.push({ kind: 'new', text: b[j++]! })
  }
  return lines
}

/** The same side by side: what stood on a line before and stands there now; undefined where there is nothing beside it. */
export function beside(before: string, after: string): { was?: string; is?: string }[] {
  const rows: { was?: string; is?: string }[] = []
  let open = 0 // the first row that waits for what came in its place
  for (const { kind, text } of diff(before, after)) {
    if (kind === 'same') open = rows.push({ was: text, is: text })
    else if (kind === 'gone') rows.push({ was: text })
    else if (open < rows.length) rows[open++]!.is = text
    else open = rows.push({ is: text })
  }
  return rows
}
