import { Anchor, Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconWorldWww } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { CopyField } from '@/components/CopyField'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { applyRecord, listOptions, removeRecord, saveRecord } from '@/lib/data'
import { useFormat } from '@/lib/format'
import { api } from '@/lib/pb'
import type { CompanyDomainsRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import c from '../settings/Settings.module.css'

/** How many a company may have. */
const MOST = 5

/** The domains on which the company's booking page and widget are served. */
export function Domains({ company }: { company: string }) {
  const { t } = useTranslation('companies')
  const domains = useQuery(listOptions('company_domains', { sort: 'name', perPage: MOST }))
  const [name, setName] = useState('')
  const add = useMutation({
    mutationFn: () => saveRecord('company_domains', undefined, { company, name: name.trim() }),
    onSuccess: () => setName(''),
  })
  const items = domains.data?.items ?? []
  return (
    <Section title={t('domains.title')} text={t('domains.text')}>
      {domains.error && <ErrorState error={domains.error} onRetry={() => void domains.refetch()} />}
      {domains.isPending && <ListSkeleton height={90} rows={1} />}
      {domains.data && (
        <Stack gap="sm">
          {items.length === 0 && <EmptyState icon={IconWorldWww} title={t('domains.empty')} text={t('domains.emptyText')} />}
          {items.map((domain) => (
            <Domain key={domain.id} domain={domain} />
          ))}
          {items.length < MOST && (
            <form
              onSubmit={(event) => {
                event.preventDefault()
                add.mutate()
              }}
            >
              <Stack gap="xs">
                <Group align="flex-end" gap="xs">
                  <TextInput flex="1 1 200px" label={t('domains.name')} placeholder={t('domains.example')} required maxLength={253} autoCapitalize="off" autoComplete="off" spellCheck={false} value={name} onChange={(event) => setName(event.currentTarget.value)} />
                  <Button type="submit" size="sm" disabled={!name.trim()} loading={add.isPending}>
                    {t('domains.add')}
                  </Button>
                </Group>
                <FormError error={add.error} />
              </Stack>
            </form>
          )}
        </Stack>
      )}
    </Section>
  )
}

/** The kind of DNS record that leads to a host: an address can't be another name. */
const recordFor = (host: string): string => (host.includes(':') ? 'AAAA' : /^[\d.]+$/.test(host) ? 'A' : 'CNAME')

function Domain({ domain }: { domain: CompanyDomainsRecord }) {
  const { t } = useTranslation('companies')
  const format = useFormat()
  const check = useMutation({
    mutationFn: () => api<CompanyDomainsRecord>(`/api/recado/domains/${domain.id}/check`, { method: 'POST' }),
    onSuccess: (checked) => applyRecord('company_domains', checked),
    onError: (error) => toastError(error),
  })
  const { name, state, problem } = domain
  const proven = state === 'verified'
  const host = window.location.hostname.replace(/^\[|\]$/g, '')
  return (
    <div className={c.card} role="group" aria-label={name}>
      <Stack gap="sm">
        <Group gap="xs">
          {proven ? (
            <Anchor fw={500} size="sm" href={`https://${name}/`} target="_blank" rel="noreferrer">
              {name}
            </Anchor>
          ) : (
            <Text fw={500} size="sm">
              {name}
            </Text>
          )}
          <Badge variant="light" color={proven ? (problem === 'missing' || problem === 'different' ? 'orange' : 'teal') : 'gray'}>
            {t(`domains.state_${proven ? 'verified' : 'pending'}`)}
          </Badge>
        </Group>
        <Text size="sm" aria-live="polite">
          {t(`domains.${proven ? 'proven' : 'advice'}_${problem || 'none'}`)}
        </Text>
        {(!proven || problem === 'missing' || problem === 'different') && (
          <>
            <CopyField label={t('domains.txtName')} value={`_recado.${name}`} />
            <CopyField label={t('domains.txtValue')} value={domain.txt} />
            <CopyField label={t('domains.leads', { name, record: recordFor(host) })} value={host} hint={t('domains.leadsHint')} />
          </>
        )}
        <Group gap="xs">
          <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
            {t('domains.check')}
          </Button>
          <ConfirmButton variant="subtle" color="gray" question={t('domains.removeText', { name })} confirm={t('domains.remove')} onConfirm={() => removeRecord('company_domains', domain.id).catch(toastError)}>
            {t('domains.remove')}
          </ConfirmButton>
          {domain.checked && (
            <Text size="xs" c="dimmed">
              {t('domains.checked', { when: format.dateTime(domain.checked) })}
            </Text>
          )}
        </Group>
      </Stack>
    </div>
  )
}
