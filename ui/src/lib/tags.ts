import { useQuery } from '@tanstack/react-query'
import { listOptions, saveRecord } from './data'
import { fold } from './fold'
import type { TagsRecord } from './pb-types'

const byKey = { match: () => true, compare: (a: TagsRecord, b: TagsRecord) => a.key.localeCompare(b.key) }

/** Every tag of the company by name, also the archived ones: what carries one still shows it. */
export const useTags = () => useQuery({ ...listOptions('tags', { sort: 'key', perPage: 500 }, byKey), staleTime: Infinity })

/** The ids of tags that a record carries, whatever the field holds. */
export const tagIds = (tags: unknown): string[] => (Array.isArray(tags) ? tags.filter((id): id is string => typeof id === 'string') : [])

/** A name as tags are compared: without case, diacritics and double spaces. */
export const tagKey = (name: string): string => fold(name).replace(/\s+/g, ' ')

export const makeTag = (name: string): Promise<TagsRecord> => saveRecord('tags', undefined, { name: name.trim() })
