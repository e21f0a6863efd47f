import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { InlineField } from '@/components/InlineField'
import { InlineSelect } from '@/components/InlineSelect'
import { contactFieldsOptions } from '@/lib/contactFields'
import { useFormat } from '@/lib/format'
import type { ContactFieldsRecord, ContactsRecord } from '@/lib/pb-types'
import { freshTimeline, saveContact } from '../api'
import c from './Details.module.css'

const valuesOf = (contact: ContactsRecord): Record<string, unknown> => (contact.custom && typeof contact.custom === 'object' && !Array.isArray(contact.custom) ? (contact.custom as Record<string, unknown>) : {})

/** The company's own fields of a contact. */
export function CustomFields({ contact, edit }: { contact: ContactsRecord; edit: boolean }) {
  const { t } = useTranslation('contacts')
  const fields = useQuery(contactFieldsOptions()).data?.items ?? []
  if (fields.length === 0) return null
  const values = valuesOf(contact)

  async function save(key: string, value: unknown): Promise<void> {
    await saveContact(contact, { custom: { ...values, [key]: value } })
    freshTimeline(contact.id)
  }

  return (
    <section className={c.section} aria-label={t('details.custom')}>
      <h3>{t('details.custom')}</h3>
      {fields.map((field) => (
        <CustomField key={field.id} field={field} value={values[field.key]} edit={edit} onSave={(value) => save(field.key, value)} />
      ))}
    </section>
  )
}

function CustomField({ field, value, edit, onSave }: { field: ContactFieldsRecord; value: unknown; edit: boolean; onSave: (value: unknown) => Promise<void> }) {
  const { t } = useTranslation('contacts')
  const format = useFormat()
  const text = value === undefined || value === null ? '' : String(value)
  const none = { value: '', label: '–' }

  if (field.type === 'boolean') {
    const choices = [none, { value: 'true', label: t('details.yes') }, { value: 'false', label: t('details.no') }]
    return <InlineSelect label={field.label} value={text} choices={choices} edit={edit} onSave={(next) => onSave(next === '' ? null : next === 'true')} />
  }
  if (field.type === 'choice') {
    const choices = [none, ...(Array.isArray(field.choices) ? (field.choices as string[]) : []).map((choice) => ({ value: choice, label: choice }))]
    return <InlineSelect label={field.label} value={text} choices={choices} edit={edit} onSave={(next) => onSave(next || null)} />
  }
  const number = field.type === 'number'
  const shown = !text ? '' : number ? format.number(Number(text)) : field.type === 'date' ? format.custom(`${text}T12:00:00Z`, { dateStyle: 'medium', timeZone: 'UTC' }) : text
  return (
    <InlineField
      label={field.label}
      value={text}
      shown={shown}
      type={number ? 'number' : field.type === 'date' ? 'date' : field.type === 'url' ? 'url' : 'text'}
      empty={t('details.add')}
      edit={edit}
      onSave={(next) => onSave(next === '' ? null : number ? Number(next) : next)}
    />
  )
}
