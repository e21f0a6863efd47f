import { Button, Modal, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { FormError } from '@/components/FormError'
import { membershipsOptions, useCompany } from '@/lib/company'
import { guessPlace, timeZones } from '@/lib/guess'
import { LANG_NAMES, LANGS, type Lang } from '@/lib/i18n'
import { api } from '@/lib/pb'
import type { CompaniesRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'

/** Makes another company, from the start or as a copy of one. */
export default function CompanyModal({ onClose }: { onClose(): void }) {
  const { t } = useTranslation('companies')
  const navigate = useNavigate()
  const here = useCompany()
  const { data: memberships = [] } = useQuery(membershipsOptions())
  const [name, setName] = useState('')
  const [copy, setCopy] = useState('')
  const [timezone, setTimezone] = useState(here?.timezone || guessPlace().timezone)
  const [locale, setLocale] = useState<string>(here?.locale || 'en')
  const make = useMutation({
    mutationFn: () => api<{ company: CompaniesRecord }>('/api/recado/companies', { body: copy ? { name: name.trim(), copy } : { name: name.trim(), timezone, locale }, query: { company: '' } }),
    async onSuccess({ company }) {
      await queryClient.invalidateQueries({ queryKey: ['members', 'mine'] })
      onClose()
      await navigate({ to: '/c/$company/settings/company', params: { company: company.id } })
    },
  })

  return (
    <Modal opened onClose={onClose} title={t('new.title')} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          make.mutate()
        }}
      >
        <Stack>
          <TextInput label={t('new.name')} required maxLength={200} data-autofocus value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Select
            label={t('new.copy')}
            description={t('new.copyHint')}
            allowDeselect={false}
            data={[{ value: '', label: t('new.fresh') }, ...memberships.map((member) => ({ value: member.company, label: member.expand?.company?.name ?? member.company }))]}
            value={copy}
            onChange={(next) => setCopy(next ?? '')}
          />
          {!copy && (
            <>
              <Select label={t('new.timezone')} searchable limit={60} allowDeselect={false} data={timeZones()} value={timezone} onChange={(next) => next && setTimezone(next)} />
              <Select label={t('new.locale')} allowDeselect={false} data={LANGS.map((lang: Lang) => ({ value: lang, label: LANG_NAMES[lang] }))} value={locale} onChange={(next) => next && setLocale(next)} />
            </>
          )}
          <Text size="xs" c="dimmed">
            {t('new.owner')}
          </Text>
          <FormError error={make.error} />
          <Button type="submit" size="sm" disabled={!name.trim()} loading={make.isPending}>
            {t('new.do')}
          </Button>
        </Stack>
      </form>
    </Modal>
  )
}
