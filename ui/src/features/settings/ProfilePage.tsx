import { Button, Group, PasswordInput, SegmentedControl, Select, Stack, Switch, Text, TextInput } from '@mantine/core'
import { IconVolume } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FormError } from '@/components/FormError'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { userOptions } from '@/lib/company'
import { fault } from '@/lib/errors'
import { LANG_NAMES, LANGS, matchLanguage } from '@/lib/i18n'
import { askDesktop, desktopPossible, ring } from '@/lib/notify/effects'
import { PASSWORD_MIN } from '@/lib/password'
import { pb, userId } from '@/lib/pb'
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
          <PasswordSection email={user.data.email} />
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

function PasswordSection({ email }: { email: string }) {
  const { t } = useTranslation('settings')
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const save = useMutation({
    async mutationFn() {
      await pb.collection('users').update(userId(), { oldPassword: old, password: next, passwordConfirm: next })
      // a new password ends every sign-in, this one too
      await pb.collection('users').authWithPassword(email, next)
    },
    onSuccess() {
      setOld('')
      setNext('')
      toast(t('profile.passwordChanged'))
    },
  })
  const wrong = save.error && 'oldPassword' in fault(save.error).data
  return (
    <Section title={t('profile.password')} text={t('profile.passwordText')}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate()
        }}
      >
        <Stack gap="sm">
          <input type="text" name="username" autoComplete="username" value={email} readOnly hidden />
          <PasswordInput label={t('profile.oldPassword')} autoComplete="current-password" required value={old} onChange={(event) => setOld(event.currentTarget.value)} visibilityToggleButtonProps={{ 'aria-label': t('profile.showPassword') }} />
          <PasswordInput
            label={t('profile.newPassword')}
            description={t('profile.passwordRule', { count: PASSWORD_MIN })}
            autoComplete="new-password"
            required
            minLength={PASSWORD_MIN}
            value={next}
            onChange={(event) => setNext(event.currentTarget.value)}
            visibilityToggleButtonProps={{ 'aria-label': t('profile.showPassword') }}
          />
          <FormError error={save.error} text={wrong ? t('profile.wrongPassword') : undefined} />
          <Group>
            <Button type="submit" disabled={!old || !next} loading={save.isPending}>
              {t('profile.changePassword')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  )
}
