import { Button, Group, SegmentedControl, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { IconVolume } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { userOptions } from '@/lib/company'
import { LANG_NAMES, LANGS, matchLanguage } from '@/lib/i18n'
import { askDesktop, desktopPossible, ring } from '@/lib/notify/effects'
import { pb } from '@/lib/pb'
import type { UsersRecord } from '@/lib/pb-types'
import { usePreferences } from '@/lib/preferences'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'

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
          <NotifySection />
        </>
      )}
    </SettingsPage>
  )
}

function NameSection({ user }: { user: UsersRecord }) {
  const { t } = useTranslation('settings')
  const [name, setName] = useState(user.name)
  const save = useMutation({
    mutationFn: () => pb.collection('users').update<UsersRecord>(user.id, { name: name.trim() }),
    onSuccess(saved) {
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
          <Group>
            <Button type="submit" disabled={name.trim() === user.name || !name.trim()} loading={save.isPending}>
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
          onChange={(language) => language && change({ language: language })}
        />
        <div>
          <Text size="sm" fw={500} mb={4} id="theme-label">
            {t('app:theme.title')}
          </Text>
          <SegmentedControl
            aria-labelledby="theme-label"
            data={(['light', 'dark', 'auto'] as const).map((theme) => ({ value: theme, label: t(`app:theme.${theme}`) }))}
            value={preferences.theme}
            onChange={(theme) => change({ theme: theme })}
          />
        </div>
      </Stack>
    </Section>
  )
}

function NotifySection() {
  const { t } = useTranslation('settings')
  const { preferences, change } = usePreferences()
  const possible = desktopPossible()

  async function toggleDesktop(on: boolean) {
    if (on && !(await askDesktop())) {
      toastError(new Error(t('profile.desktopRefused')))
      return
    }
    change({ desktop: on })
  }

  return (
    <Section title={t('profile.notify')} text={t('profile.notifyText')}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <Switch label={t('profile.sound')} checked={preferences.sound} onChange={(event) => change({ sound: event.currentTarget.checked })} />
          <Button variant="default" leftSection={<IconVolume size={15} />} onClick={ring}>
            {t('profile.hear')}
          </Button>
        </Group>
        <Switch label={t('profile.tab')} description={t('profile.tabHint')} checked={preferences.title} onChange={(event) => change({ title: event.currentTarget.checked })} />
        <Switch
          label={t('profile.desktop')}
          description={possible ? t('profile.desktopHint') : t('profile.desktopTls')}
          disabled={!possible}
          checked={possible && preferences.desktop}
          onChange={(event) => void toggleDesktop(event.currentTarget.checked)}
        />
        <Switch label={t('profile.bot')} description={t('profile.botHint')} checked={preferences.bot} onChange={(event) => change({ bot: event.currentTarget.checked })} />
      </Stack>
    </Section>
  )
}
