import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { userOptions } from '@/lib/company'
import { LANG_NAMES, LANGS, matchLanguage } from '@/lib/i18n'
import { pb } from '@/lib/pb'
import type { UsersRecord } from '@/lib/pb-types'
import { usePreferences } from '@/lib/preferences'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import { AppSettings } from './parts/AppSettings'
import { Notifications } from './parts/Notifications'
import c from './Settings.module.css'

export default function ProfilePage() {
  const { t } = useTranslation('settings')
  const user = useQuery(userOptions())
  return (
    <SettingsPage title={t('app:nav.profile')}>
      {user.error && <ErrorState error={user.error} onRetry={() => void user.refetch()} />}
      {user.isPending && <ListSkeleton height={120} rows={3} />}
      {user.data && (
        <>
          <NameSection user={user.data} />
          <LookSection />
          <AppSettings />
          <Notifications />
        </>
      )}
    </SettingsPage>
  )
}

function NameSection({ user }: { user: UsersRecord }) {
  const { t } = useTranslation('settings')
  const [name, setName] = useState(user.name)
  const [phone, setPhone] = useState(user.phone)
  const [title, setTitle] = useState(user.job_title)
  const same = name.trim() === user.name && phone.trim() === user.phone && title.trim() === user.job_title
  const save = useMutation({
    mutationFn: () => pb.collection('users').update<UsersRecord>(user.id, { name: name.trim(), phone: phone.trim(), job_title: title.trim() }),
    onSuccess(saved) {
      setPhone(saved.phone)
      queryClient.setQueryData(userOptions().queryKey, saved)
      void queryClient.invalidateQueries({ queryKey: ['members'] })
      toast(t('app:common.saved'))
    },
    onError: (error) => toastError(error),
  })
  return (
    <Section title={t('profile.you')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack gap="sm">
          <TextInput label={t('profile.name')} description={t('profile.nameHint')} required autoComplete="name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <TextInput label={t('profile.email')} value={user.email} readOnly />
          <div className={c.pair}>
            <TextInput label={t('profile.phone')} type="tel" autoComplete="tel" maxLength={40} value={phone} onChange={(event) => setPhone(event.currentTarget.value)} />
            <TextInput label={t('profile.title')} autoComplete="organization-title" maxLength={100} value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
          </div>
          <Group>
            <Button type="submit" disabled={same || !name.trim()} loading={save.isPending}>
              {t('app:common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}

function LookSection() {
  const { t, i18n } = useTranslation('settings')
  const { preferences, change } = usePreferences()
  return (
    <Section title={t('profile.look')}>
      <Stack gap="md">
        <Select
          label={t('profile.language')}
          maw={280}
          data={LANGS.map((lang) => ({ value: lang, label: LANG_NAMES[lang] }))}
          value={matchLanguage(i18n.language) ?? 'en'}
          onChange={(language) => language && change('language', language)}
        />
        <div>
          <Text size="sm" fw={500} mb={4} id="theme-label">
            {t('app:theme.title')}
          </Text>
          <SegmentedControl
            aria-labelledby="theme-label"
            data={(['light', 'dark', 'auto'] as const).map((theme) => ({ value: theme, label: t(`app:theme.${theme}`) }))}
            value={preferences.theme}
            onChange={(theme) => change('theme', theme)}
          />
        </div>
      </Stack>
    </Section>
  )
}
