import { Button, Checkbox, Group, Stack, Switch, Text } from '@mantine/core'
import { IconVolume } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { useCompany, useCompanyId, userOptions } from '@/lib/company'
import { askDesktop, desktopPossible, ring } from '@/lib/notify/effects'
import { api } from '@/lib/pb'
import { usePreferences, withNotification } from '@/lib/preferences'
import { queryClient } from '@/lib/query'
import { toastError } from '@/lib/toast'
import c from './Notifications.module.css'

/** What can be told, in the order it is shown. What else the server keeps is for what there is not yet. */
const EVENTS = ['new_leads', 'messages', 'unassigned', 'assigned', 'mentions', 'follow_ups', 'appointments', 'channel_off', 'daily_summary'] as const
const WAYS = ['app', 'email', 'browser'] as const

type Event = (typeof EVENTS)[number]
type Way = (typeof WAYS)[number]
/** Only the ways there are for an event. */
type Told = Record<Event, Partial<Record<Way, boolean>>>

/** What I am told in this company, and how. Each switch is saved by itself. */
export function Notifications() {
  const { t } = useTranslation('settings')
  const company = useCompanyId()
  const name = useCompany()?.name ?? ''
  const queryKey = ['preferences', 'notifications', company]
  const told = useQuery({ queryKey, queryFn: async ({ signal }) => (await api<{ notifications: Told }>('/api/recado/me/preferences', { signal })).notifications })
  const mail = useQuery({ queryKey: ['sessions', 'ways'], queryFn: ({ signal }) => api<{ mail: boolean }>('/api/recado/sessions/ways', { signal }), staleTime: 60_000 }).data?.mail ?? true

  /** Here, and for what tells of it at once. */
  function show(event: Event, way: Way, on: boolean): void {
    queryClient.setQueryData<Told>(queryKey, (told) => told && { ...told, [event]: { ...told[event], [way]: on } })
    queryClient.setQueryData(userOptions().queryKey, (user) => user && withNotification(user, company, event, way, on))
  }

  function set(event: Event, way: Way, on: boolean): void {
    show(event, way, on)
    api('/api/recado/me/preferences/notifications', { method: 'PATCH', body: { [event]: { [way]: on } } }).catch((error: unknown) => {
      show(event, way, !on)
      toastError(error, () => set(event, way, on))
    })
  }

  return (
    <>
      <Section title={t('told.title')} text={t('told.text', { company: name })}>
        <div id="notifications">
          {told.error ? (
            <ErrorState error={told.error} onRetry={() => void told.refetch()} />
          ) : !told.data ? (
            <ListSkeleton height={36} rows={6} />
          ) : (
            <table className={c.table}>
              <caption className={c.caption}>{t('told.title')}</caption>
              <thead>
                <tr>
                  <th scope="col">
                    <span className={c.caption}>{t('told.what')}</span>
                  </th>
                  {WAYS.map((way) => (
                    <th key={way} scope="col">
                      {t(`told.way_${way}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {EVENTS.map((event) => (
                  <tr key={event}>
                    <th scope="row">
                      {t(`told.${event}`)}
                      {(event === 'unassigned' || event === 'daily_summary') && <Text size="xs" c="dimmed">{t(`told.${event}Hint`)}</Text>}
                    </th>
                    {WAYS.map((way) => (
                      <td key={way}>
                        {told.data[event][way] === undefined ? (
                          <span aria-hidden>–</span>
                        ) : (
                          <Checkbox
                            classNames={{ body: c.box! }}
                            aria-label={t('told.cell', { event: t(`told.${event}`), way: t(`told.way_${way}`) })}
                            checked={told.data[event][way]}
                            onChange={(change) => set(event, way, change.currentTarget.checked)}
                          />
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          <Text size="xs" c="dimmed" mt="sm">
            {mail ? t('told.mailHint') : t('told.noMail')}
          </Text>
        </div>
      </Section>
      <Ways />
    </>
  )
}

/** How this person's browsers tell it, in every company. */
function Ways() {
  const { t } = useTranslation('settings')
  const { preferences, change } = usePreferences()
  const possible = desktopPossible()

  async function toggleDesktop(on: boolean) {
    if (on && !(await askDesktop())) {
      toastError(new Error(t('profile.desktopRefused')))
      return
    }
    change('desktop', on)
  }

  return (
    <Section title={t('profile.notify')} text={t('profile.notifyText')}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start">
          <Switch label={t('profile.sound')} checked={preferences.sound} onChange={(event) => change('sound', event.currentTarget.checked)} />
          <Button variant="default" leftSection={<IconVolume size={15} />} onClick={ring}>
            {t('profile.hear')}
          </Button>
        </Group>
        <Switch label={t('profile.tab')} description={t('profile.tabHint')} checked={preferences.title} onChange={(event) => change('title', event.currentTarget.checked)} />
        <Switch
          label={t('profile.desktop')}
          description={possible ? t('profile.desktopHint') : t('profile.desktopTls')}
          disabled={!possible}
          checked={possible && preferences.desktop}
          onChange={(event) => void toggleDesktop(event.currentTarget.checked)}
        />
        <Switch label={t('profile.bot')} description={t('profile.botHint')} checked={preferences.bot} onChange={(event) => change('bot', event.currentTarget.checked)} />
      </Stack>
    </Section>
  )
}
