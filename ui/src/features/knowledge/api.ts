import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { applyRecord, listOptions, saveRecord } from '@/lib/data'
import { fold } from '@/lib/fold'
import { api, currentCompany } from '@/lib/pb'
import type { KnowledgeRecord } from '@/lib/pb-types'

/** All but what a page says, which is read when it is opened. */
const FIELDS = 'id,company,kind,title,name,url,state,problem,size,letters,pieces,total,vectors,read_at,due,created,updated'

export const MOST = 500

export const label = (source: Pick<KnowledgeRecord, 'title' | 'name' | 'url'>): string => source.title || source.name || source.url

/** What agents can look things up in, by title. */
export const knowledgeOptions = () =>
  listOptions('knowledge', { sort: 'title,id', fields: FIELDS, perPage: MOST }, { match: () => true, compare: (a, b) => label(a).localeCompare(label(b)) || (a.id < b.id ? -1 : 1) })

/** Those whose name has all the words. */
export function named(list: KnowledgeRecord[], words: string): KnowledgeRecord[] {
  const wanted = fold(words).split(/\s+/).filter(Boolean)
  return list.filter((source) => {
    const text = fold(`${source.title} ${source.name} ${source.url}`)
    return wanted.every((word) => text.includes(word))
  })
}

/** How far the reading of a source is, 0 to 1, or undefined where nothing is to be seen of it. */
export function progress({ state, pieces, total }: Pick<KnowledgeRecord, 'state' | 'pieces' | 'total'>): number | undefined {
  return state === 'reading' && total > 0 && pieces <= total ? pieces / total : undefined
}

/** What the file picker offers. */
export const ACCEPT = '.pdf,.docx,.txt,.md,.csv,.tsv,.xlsx,.html,.htm'

export function upload(file: File): Promise<KnowledgeRecord> {
  const form = new FormData()
  form.append('company', currentCompany())
  form.append('kind', 'file')
  form.append('file', file)
  return saveRecord('knowledge', undefined, form)
}

/** Reads a source again. */
export async function readAgain(id: string): Promise<KnowledgeRecord> {
  const source = await api<KnowledgeRecord>(`/api/recado/knowledge/${id}/refresh`, { method: 'POST' })
  applyRecord('knowledge', source)
  return source
}

/** A part of a source that answers a question. */
export interface Passage {
  knowledge: string
  kind: 'page' | 'file' | 'address'
  title: string
  url: string
  number: number
  heading: string
  text: string
  by: string[]
}

/** What an agent would find; without one, what is found everywhere. */
export const findOptions = (company: string, question: string, agent: string) =>
  queryOptions({
    queryKey: ['knowledge', 'find', company, question, agent],
    queryFn: ({ signal }) => api<{ items: Passage[] }>(`/api/recado/knowledge/find?q=${encodeURIComponent(question)}&agent=${agent}`, { signal }),
    enabled: question !== '',
    placeholderData: keepPreviousData,
    gcTime: 0,
  })
