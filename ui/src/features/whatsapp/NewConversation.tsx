import { Button, Group, Modal, Select, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Avatar } from '@/components/Avatar'
import { FormError } from '@/components/FormError'
import { useCompanyId, useMe } from '@/lib/company'
import { listOptions } from '@/lib/data'
import { showPhone } from '@/lib/phone'
import { search, searchable } from '@/lib/search'
import { beginConversation } from './api'
import c from './NewConversation.module.css'

interface Person {
  /** Empty for a number nobody has yet. */
  id: string
  name: string
  phone: string
}

/** Whether what was typed is a number rather than a name. */
const isNumber = (text: string): boolean => /^[+\d\s().-]+$/.test(text) && text.replace(/\D/g, '').length >= 8

/** Begins a conversation on WhatsApp: with the person given, else with a contact or a number that is looked up here. */
export default function NewConversation({ person, onClose }: { person?: Person | undefined; onClose: () => void }) {
  const { t } = useTranslation('inbox')
  const company = useCompanyId()
  const { can } = useMe()
  const navigate = useNavigate()
  const channels = useQuery(listOptions('channels', { sort: 'name' })).data?.items.filter((channel) => channel.kind === 'whatsapp' && channel.active && channel.number)
  const [channel, setChannel] = useState<string>()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<Person | undefined>(person)
  const [name, setName] = useState('')
  const [q] = useDebouncedValue(text.trim(), 200)
  const found = useQuery({ queryKey: ['search', 'people', company, q], queryFn: ({ signal }) => search(q, signal), enabled: !chosen && searchable(q), placeholderData: keepPreviousData, gcTime: 60_000 })
  const begin = useMutation({
    mutationFn: () => beginConversation({ channel: channel ?? channels?.[0]?.id ?? '', ...(chosen?.id ? { contact: chosen.id } : { phone: chosen?.phone ?? '', name: name.trim() }) }),
    async onSuccess(conversation) {
      onClose()
      await navigate({ to: '/c/$company/inbox/{-$conversation}', params: { company, conversation: conversation.id } })
    },
  })
  const people = searchable(q) ? (found.data?.contacts ?? []).filter(({ phone }) => phone) : []
  const number = isNumber(text) && can('contacts.add')

  // it may lie over a card that closes, and this with it, by what is pressed outside of it
  const within = (event: { stopPropagation(): void }): void => event.stopPropagation()
  return (
    <Modal opened onClose={onClose} onMouseDown={within} onTouchStart={within} zIndex={300} title={t('new.title')} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      {channels?.length === 0 ? (
        <Text size="sm">{t('new.noNumber')}</Text>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            begin.mutate()
          }}
        >
          <Stack>
            {(channels?.length ?? 0) > 1 && (
              <Select label={t('new.from')} data={channels!.map(({ id, name, number }) => ({ value: id, label: `${name} (${showPhone(number)})` }))} value={channel ?? channels![0]!.id} onChange={(value) => setChannel(value ?? undefined)} allowDeselect={false} />
            )}
            {chosen ? (
              <div className={c.chosen}>
                <Avatar name={chosen.name || chosen.phone} size={32} />
                <span className={c.who} data-user-text>
                  <b>{chosen.name || showPhone(chosen.phone)}</b>
                  {chosen.name && <span>{showPhone(chosen.phone)}</span>}
                </span>
                {!person && (
                  <Button variant="subtle" size="compact-sm" onClick={() => setChosen(undefined)}>
                    {t('new.other')}
                  </Button>
                )}
              </div>
            ) : (
              <>
                <TextInput data-autofocus label={t('new.to')} description={t('new.toHint')} value={text} onChange={(event) => setText(event.currentTarget.value)} maxLength={200} autoComplete="off" />
                <ul className={c.list} aria-live="polite">
                  {people.map((one) => (
                    <li key={one.id}>
                      <UnstyledButton className={c.person} onClick={() => setChosen(one)}>
                        <Avatar name={one.name || one.phone} size={28} />
                        <span className={c.who} data-user-text>
                          <b>{one.name || showPhone(one.phone)}</b>
                          {one.name && <span>{showPhone(one.phone)}</span>}
                        </span>
                      </UnstyledButton>
                    </li>
                  ))}
                  {number && (
                    <li>
                      <UnstyledButton className={c.person} onClick={() => setChosen({ id: '', name: '', phone: text.trim() })}>
                        <Avatar name="#" size={28} />
                        <span className={c.who}>{t('new.number', { number: text.trim() })}</span>
                      </UnstyledButton>
                    </li>
                  )}
                  {people.length === 0 && !number && searchable(q) && found.isSuccess && <li className={c.nobody}>{t('new.nobody')}</li>}
                </ul>
              </>
            )}
            {chosen && !chosen.id && <TextInput label={t('new.name')} value={name} onChange={(event) => setName(event.currentTarget.value)} maxLength={200} />}
            <Text size="xs" c="dimmed">
              {t('new.hint')}
            </Text>
            <FormError error={begin.error} />
            <Group justify="flex-end">
              <Button type="submit" size="sm" disabled={!chosen} loading={begin.isPending}>
                {t('new.begin')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  )
}
