import { Alert, Button, Group, Modal, Progress, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { CopyField } from '@/components/CopyField'
import { FormError } from '@/components/FormError'
import { Section } from '@/components/SettingsPage'
import { companyOptions, useMe } from '@/lib/company'
import { applyRecord, listOptions } from '@/lib/data'
import { download } from '@/lib/download'
import { useFormat } from '@/lib/format'
import { PEOPLE } from '@/lib/members'
import { api, pb } from '@/lib/pb'
import type { CompaniesRecord, ExportsRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import { Billing } from './Billing'
import { Domains } from './Domains'

const keep = (saved: CompaniesRecord) => {
  queryClient.setQueryData(companyOptions(saved.id).queryKey, saved)
  void queryClient.invalidateQueries({ queryKey: ['members'] })
}

/** Where a company begins and ends: its picture, its code, its data, its owners, its end. */
export default function CompanyLife({ company }: { company: CompaniesRecord }) {
  const { can, member } = useMe()
  const owner = member?.expand?.role?.key === 'owner'
  return (
    <>
      {company.active && <Logo company={company} />}
      {company.active && can('company.manage') && <Billing company={company.id} />}
      {company.active && can('company.manage') && <Domains company={company.id} />}
      {company.active && can('members.manage') && <JoinCode company={company} />}
      {can('company.manage') && can('contacts.export') && <Takeout />}
      {owner && company.active && <Ownership company={company} />}
      {owner && <End company={company} />}
    </>
  )
}

function Logo({ company }: { company: CompaniesRecord }) {
  const { t } = useTranslation('companies')
  const save = useMutation({
    mutationFn: (file: File | null) => pb.collection('companies').update<CompaniesRecord>(company.id, { logo: file }),
    onSuccess(saved) {
      keep(saved)
      toast(t('app:common.saved'))
    },
    onError: (error) => toastError(error),
  })
  return (
    <Section title={t('logo.title')} text={t('logo.text')}>
      <Group>
        {company.logo && <img src={pb.files.getURL(company, company.logo)} alt={t('logo.now')} style={{ maxHeight: 64, maxWidth: 200, objectFit: 'contain' }} />}
        <Button component="label" variant="default" loading={save.isPending}>
          {t(company.logo ? 'logo.change' : 'logo.choose')}
          <input type="file" hidden accept="image/png,image/jpeg,image/webp" onChange={(event) => event.currentTarget.files?.[0] && save.mutate(event.currentTarget.files[0])} />
        </Button>
        {company.logo && (
          <Button variant="subtle" color="gray" onClick={() => save.mutate(null)}>
            {t('logo.remove')}
          </Button>
        )}
      </Group>
    </Section>
  )
}

function JoinCode({ company }: { company: CompaniesRecord }) {
  const { t } = useTranslation('companies')
  const make = useMutation({
    mutationFn: (off: boolean) => api<{ code: string }>(`/api/recado/companies/${company.id}/invite-code`, { body: { off } }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: companyOptions(company.id).queryKey }),
    onError: (error) => toastError(error),
  })
  const code = make.data?.code
  return (
    <Section title={t('code.title')} text={t('code.text')}>
      <Stack gap="sm">
        {code && <CopyField label={t('code.code')} value={code} hint={t('code.hint', { address: `${window.location.origin}/join` })} />}
        <Group gap="xs">
          {company.joinable ? (
            <>
              <ConfirmButton question={t('code.resetText')} confirm={t('code.reset')} onConfirm={() => make.mutateAsync(false).catch(() => undefined)}>
                {t('code.reset')}
              </ConfirmButton>
              <ConfirmButton question={t('code.offText')} confirm={t('code.off')} onConfirm={() => make.mutateAsync(true).catch(() => undefined)}>
                {t('code.off')}
              </ConfirmButton>
            </>
          ) : (
            <Button variant="default" loading={make.isPending} onClick={() => make.mutate(false)}>
              {t('code.make')}
            </Button>
          )}
        </Group>
      </Stack>
    </Section>
  )
}

function Takeout() {
  const { t } = useTranslation('companies')
  const format = useFormat()
  const exports = useQuery(listOptions('exports', { sort: '-created', perPage: 5 }))
  const start = useMutation({
    mutationFn: () => api<ExportsRecord>('/api/recado/exports', { method: 'POST' }),
    onSuccess(made) {
      applyRecord('exports', made)
      void exports.refetch()
    },
    onError: (error) => toastError(error),
  })
  const fetching = useMutation({ mutationFn: (id: string) => download(`/api/recado/exports/${id}/file`, 'recado.zip'), onError: (error) => toastError(error) })
  const last = exports.data?.items[0]
  const busy = last?.state === 'queued' || last?.state === 'running'
  const percent = last && last.total > 0 ? Math.floor((100 * last.done) / last.total) : 0
  return (
    <Section
      title={t('export.title')}
      text={t('export.text')}
      action={
        <Button variant="default" flex="none" disabled={busy} loading={start.isPending} onClick={() => start.mutate()}>
          {t('export.start')}
        </Button>
      }
    >
      {last && (
        <Stack gap="xs" aria-live="polite">
          {busy ? (
            <>
              <Progress value={percent} aria-label={t('export.progress')} />
              <Text size="sm" c="dimmed">
                {t('export.busy', { percent })}
              </Text>
            </>
          ) : last.state === 'failed' ? (
            <Alert color="red" variant="light" p="xs">
              {t('export.failed')}
            </Alert>
          ) : (
            <Group gap="sm">
              <Button variant="light" leftSection={<IconDownload size={15} />} loading={fetching.isPending} onClick={() => fetching.mutate(last.id)}>
                {t('export.fetch', { size: format.bytes(last.size) })}
              </Button>
              <Text size="sm" c="dimmed">
                {t('export.made', { when: format.dateTime(last.created) })}
              </Text>
            </Group>
          )}
        </Stack>
      )}
    </Section>
  )
}

function Ownership({ company }: { company: CompaniesRecord }) {
  const { t } = useTranslation('companies')
  const { member: me } = useMe()
  const members = useQuery(listOptions('members', { filter: PEOPLE, sort: 'name' }))
  const [to, setTo] = useState<string | null>(null)
  const give = useMutation({
    mutationFn: (stay: boolean) => api(`/api/recado/companies/${company.id}/owner`, { body: { member: to, stay } }),
    onSuccess() {
      void queryClient.invalidateQueries({ queryKey: ['members'] })
      setTo(null)
      toast(t('app:common.saved'))
    },
    onError: (error) => toastError(error),
  })
  const others = (members.data?.items ?? []).filter((one) => one.active && one.id !== me?.id)
  return (
    <Section title={t('owner.title')} text={t('owner.text')}>
      <Group align="flex-end" gap="xs">
        <Select flex="1 1 200px" label={t('owner.to')} placeholder={t('owner.choose')} searchable nothingFoundMessage={t('owner.nobody')} data={others.map((one) => ({ value: one.id, label: one.name || one.email }))} value={to} onChange={setTo} />
        <ConfirmButton size="sm" disabled={!to} question={t('owner.alsoText')} confirm={t('owner.also')} onConfirm={() => give.mutateAsync(true).catch(() => undefined)}>
          {t('owner.also')}
        </ConfirmButton>
        <ConfirmButton size="sm" disabled={!to} question={t('owner.giveText')} confirm={t('owner.give')} onConfirm={() => give.mutateAsync(false).catch(() => undefined)}>
          {t('owner.give')}
        </ConfirmButton>
      </Group>
    </Section>
  )
}

function End({ company }: { company: CompaniesRecord }) {
  const { t } = useTranslation('companies')
  const format = useFormat()
  const [asking, setAsking] = useState(false)
  const change = useMutation({ mutationFn: (active: boolean) => pb.collection('companies').update<CompaniesRecord>(company.id, { active }), onSuccess: keep, onError: (error) => toastError(error) })
  const restore = useMutation({ mutationFn: () => api<CompaniesRecord>(`/api/recado/companies/${company.id}/restore`, { method: 'POST' }), onSuccess: keep, onError: (error) => toastError(error) })
  return (
    <Section title={t('end.title')} text={company.removal ? t('end.leaving', { date: format.longDate(company.removal) }) : t(company.active ? 'end.text' : 'end.inactive')}>
      <Group gap="xs">
        {company.removal ? (
          <Button loading={restore.isPending} onClick={() => restore.mutate()}>
            {t('end.restore')}
          </Button>
        ) : company.active ? (
          <ConfirmButton question={t('end.offText')} confirm={t('end.off')} onConfirm={() => change.mutateAsync(false).catch(() => undefined)}>
            {t('end.off')}
          </ConfirmButton>
        ) : (
          <Button loading={change.isPending} onClick={() => change.mutate(true)}>
            {t('end.on')}
          </Button>
        )}
        {!company.removal && (
          <Button variant="outline" color="red" onClick={() => setAsking(true)}>
            {t('end.delete')}
          </Button>
        )}
      </Group>
      {asking && <DeleteModal company={company} onClose={() => setAsking(false)} />}
    </Section>
  )
}

function DeleteModal({ company, onClose }: { company: CompaniesRecord; onClose(): void }) {
  const { t } = useTranslation('companies')
  const [name, setName] = useState('')
  const remove = useMutation({
    mutationFn: () => api<CompaniesRecord>(`/api/recado/companies/${company.id}/delete`, { body: { name: name.trim() } }),
    onSuccess(saved) {
      keep(saved)
      onClose()
    },
  })
  return (
    <Modal opened onClose={onClose} title={t('end.deleteTitle', { name: company.name })} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          remove.mutate()
        }}
      >
        <Stack>
          <Text size="sm">{t('end.deleteText')}</Text>
          <TextInput label={t('end.name', { name: company.name })} required data-autofocus autoComplete="off" value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <FormError error={remove.error} />
          <Button type="submit" color="red" size="sm" disabled={name.trim() !== company.name} loading={remove.isPending}>
            {t('end.delete')}
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}
