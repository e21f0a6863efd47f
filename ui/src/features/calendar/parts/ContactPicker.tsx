import { Button, Combobox, InputBase, Loader, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch, IconUserPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { oneOptions } from '@/lib/data'
import { contactSearchOptions } from '../api'
import c from './Dialogs.module.css'

/** Whom a booking is for: someone known, or someone new. */
export type Person = { kind: 'none' } | { kind: 'known'; id: string } | { kind: 'new'; name: string; phone: string }

/** Finds a contact by name, phone or words, or takes down a new one. */
export function ContactPicker({ value, onChange, error, phoneError }: { value: Person; onChange: (person: Person) => void; error?: ReactNode; phoneError?: ReactNode }) {
  const { t } = useTranslation('calendar')
  if (value.kind === 'known') return <Known id={value.id} onChange={() => onChange({ kind: 'none' })} />
  if (value.kind === 'new') {
    return (
      <div>
        <div className={c.pair}>
          <TextInput label={t('book.name')} required autoFocus={!value.name} value={value.name} maxLength={200} error={error} onChange={(event) => onChange({ ...value, name: event.currentTarget.value })} />
          <TextInput label={t('book.phone')} type="tel" autoFocus={Boolean(value.name)} value={value.phone} maxLength={40} error={phoneError} onChange={(event) => onChange({ ...value, phone: event.currentTarget.value })} />
        </div>
        <Button variant="subtle" size="compact-sm" mt={6} leftSection={<IconSearch size={14} />} onClick={() => onChange({ kind: 'none' })}>
          {t('book.searchInstead')}
        </Button>
      </div>
    )
  }
  return <Search onChange={onChange} error={error} />
}

function Known({ id, onChange }: { id: string; onChange: () => void }) {
  const { t } = useTranslation('calendar')
  const contact = useQuery(oneOptions('contacts', id))
  const name = contact.data?.name || contact.data?.phone || (contact.isPending ? '…' : t('card.noName'))
  return (
    <div role="group" aria-label={t('book.contact')}>
      <div className={c.label}>{t('book.contact')}</div>
      <div className={c.person}>
        <Avatar name={name} size={30} />
        <span className={c.grow}>
          <strong className="line">{name}</strong>
          {contact.data?.phone && contact.data.phone !== name && <span className={`${c.dim} tnum`}>{contact.data.phone}</span>}
        </span>
        <Button variant="default" onClick={onChange}>
          {t('book.change')}
        </Button>
      </div>
    </div>
  )
}

const NEW = 'new'

function Search({ onChange, error }: { onChange: (person: Person) => void; error: ReactNode }) {
  const { t } = useTranslation('calendar')
  const [text, setText] = useState('')
  const [asked] = useDebouncedValue(text, 150)
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() })
  const found = useQuery(contactSearchOptions(asked))

  function choose(value: string) {
    box.closeDropdown()
    if (value !== NEW) onChange({ kind: 'known', id: value })
    else onChange(/^[\d\s+()-]{4,}$/.test(text) ? { kind: 'new', name: '', phone: text.trim() } : { kind: 'new', name: text.trim(), phone: '' })
  }

  return (
    <Combobox store={box} onOptionSubmit={choose} zIndex={400}>
      <Combobox.Target>
        <InputBase
          size="sm"
          label={t('book.contact')}
          required
          withAsterisk
          data-autofocus
          autoFocus
          autoComplete="off"
          error={error}
          placeholder={t('book.searchContact')}
          leftSection={<IconSearch size={15} />}
          rightSection={found.isFetching ? <Loader size={14} /> : null}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value)
            box.openDropdown()
            box.updateSelectedOptionIndex()
          }}
          onClick={() => box.openDropdown()}
          onBlur={() => box.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options aria-label={t('book.contact')}>
          {found.data?.items.map((contact) => (
            <Combobox.Option key={contact.id} value={contact.id}>
              <span className={c.option}>
                <Avatar name={contact.name || contact.phone || '?'} size={26} />
                <span className={c.grow}>
                  <span className="line">{contact.name || contact.phone || t('card.noName')}</span>
                  {contact.name && contact.phone && <span className={`${c.dim} tnum`}>{contact.phone}</span>}
                </span>
              </span>
            </Combobox.Option>
          ))}
          <Combobox.Option value={NEW}>
            <span className={c.option}>
              <IconUserPlus size={18} stroke={1.6} />
              {text.trim() ? t('book.newNamed', { name: text.trim() }) : t('book.newContact')}
            </span>
          </Combobox.Option>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
