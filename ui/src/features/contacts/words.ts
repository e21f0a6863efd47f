import type { TFunction } from 'i18next'
import type { ContactsRecord } from '@/lib/pb-types'
import { showPhone } from '@/lib/phone'

/** What a contact is called: by name, else phone, else e-mail; someone unknown by the end of their id. */
export function nameOf(contact: Pick<ContactsRecord, 'id' | 'name' | 'phone' | 'email'>, t: TFunction<'contacts'>): string {
  return contact.name || (contact.phone && showPhone(contact.phone)) || contact.email || t('visitor', { code: contact.id.slice(-4).toUpperCase() })
}
