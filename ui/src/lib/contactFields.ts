import { listOptions } from './data'
import type { ContactFieldsRecord } from './pb-types'

export const FIELD_TYPES = ['text', 'number', 'date', 'choice', 'boolean', 'url'] as const

const byPosition = { match: () => true, compare: (a: ContactFieldsRecord, b: ContactFieldsRecord) => a.position - b.position || a.id.localeCompare(b.id) }

/** The fields a company adds to its contacts, in the order of the screen. */
export const contactFieldsOptions = () => ({ ...listOptions('contact_fields', { sort: 'position,id' }, byPosition), staleTime: Infinity })
