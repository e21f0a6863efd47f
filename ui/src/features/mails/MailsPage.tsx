import { Badge, Button, Drawer, Group, SegmentedControl, Select, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight, IconMail, IconMailForward, IconRefresh } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { EmptyState } from '@/components/EmptyState'
import { ErrorState, NoPermission } from '@/components/ErrorState'
import { FormError } from '@/components/FormError'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section, SettingsPage } from '@/components/SettingsPage'
import { companyOptions, useCompanyId, useMe } from '@/lib/company'
import { useFormat } from '@/lib/format'
import { pb } from '@/lib/pb'
import type { CompaniesRecord, MailsRecord } from '@/lib/pb-types'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'
import { mailsOptions, previewOptions, resend, sendTest, serverOptions, type Shown } from './api'
import c from './Mails.module.css'

/** What gives Recado a mail server. */
const setting = 'RECADO_SMTP_HOST'

const COLORS = { queued: 'blue', sent: 'green', failed: 'red', skipped: 'gray' } as const

/** What leaves by e-mail: the mail server in effect, when mails go, and each of them. */
export default function MailsPage() {
  const { t } = useTranslation('mails')
  const { can } = useMe()
  return <SettingsPage title={t('app:nav.mails')}>{can('company.manage') ? <Mails /> : <NoPermission />}</SettingsPage>
}

function Mails() {
  const { t } = useTranslation('mails')
  const format = useFormat()
  const [shown, setShown] = useState<Shown>('all')
  const [open, setOpen] = useState<string>()
  const mails = useQuery(mailsOptions(shown))
  const chosen = mails.data?.items.find((mail) => mail.id === open)

  return (
    <>
      <Server onTested={(mail) => setOpen(mail.id)} />
      <When />
      <Section
        title={t('list.title')}
        action={
          <SegmentedControl
            size="xs"
            aria-label={t('list.filter')}
            value={shown}
            onChange={(value) => setShown(value)}
            data={[
              { value: 'all', label: t('list.all') },
              { value: 'failed', label: t('status.failed') },
            ]}
          />
        }
      >
        {mails.error ? (
          <ErrorState error={mails.error} onRetry={() => void mails.refetch()} />
        ) : !mails.data ? (
          <ListSkeleton height={52} rows={4} />
        ) : mails.data.items.length === 0 ? (
          <EmptyState icon={IconMail} title={t(`list.empty_${shown}`)} text={t(`list.emptyText_${shown}`)} />
        ) : (
          <ul className={c.rows}>
            {mails.data.items.map((mail) => (
              <li key={mail.id}>
                <UnstyledButton className={c.row} onClick={() => setOpen(mail.id)}>
                  <span className={c.what}>
                    <span className={c.subject} data-user-text>
                      {mail.subject}
                    </span>
                    <span className={c.meta}>
                      <span data-user-text>{mail.to}</span> · {t(`kind.${mail.kind}`)} · {format.dateTime(mail.created)}
                    </span>
                  </span>
                  <State mail={mail} />
                  <IconChevronRight size={16} aria-hidden />
                </UnstyledButton>
              </li>
            ))}
          </ul>
        )}
      </Section>
      {chosen && <MailDrawer key={chosen.id} mail={chosen} onClose={() => setOpen(undefined)} />}
    </>
  )
}

function State({ mail }: { mail: MailsRecord }) {
  const { t } = useTranslation('mails')
  return (
    <Badge variant="light" color={COLORS[mail.status]}>
      {t(`status.${mail.status}`)}
    </Badge>
  )
}

/** Why a mail did not leave, and what would let it. */
function Kept({ why }: { why: string }) {
  const { t } = useTranslation('mails')
  return (
    <>
      {t(`kept.${why}`)} {why === 'no_server' && <span translate="no">{setting}</span>}
    </>
  )
}

/** Which mail server is in effect and who set it, and a test mail whose failure can be read. */
function Server({ onTested }: { onTested: (mail: MailsRecord) => void }) {
  const { t } = useTranslation('mails')
  const server = useQuery(serverOptions(useCompanyId()))
  const test = useMutation({
    mutationFn: sendTest,
    onSuccess(mail) {
      if (mail.status === 'sent') toast(t('server.tested', { to: mail.to }))
      else onTested(mail)
    },
  })
  const s = server.data

  return (
    <Section
      title={t('server.title')}
      text={t('server.text')}
      action={
        <Button className={c.test} variant="default" leftSection={<IconMailForward size={15} />} loading={test.isPending} onClick={() => test.mutate()}>
          {t('server.test')}
        </Button>
      }
    >
      {server.error ? (
        <ErrorState error={server.error} onRetry={() => void server.refetch()} />
      ) : !s ? (
        <ListSkeleton height={48} rows={1} />
      ) : (
        <Stack gap="xs">
          {s.kept && (
            <p className={c.notice} role="status">
              <Kept why={s.kept} />
            </p>
          )}
          {s.source && (
            <dl className={c.facts}>
              <dt>{t('server.host')}</dt>
              <dd translate="no">
                {s.host}:{s.port}
              </dd>
              <dt>{t('server.user')}</dt>
              <dd translate="no">{s.user ? `${s.user} ${s.password ? '••••••••' : ''}` : '–'}</dd>
              <dt>{t('server.sender')}</dt>
              <dd translate="no">{s.sender}</dd>
              <dt>{t('server.source')}</dt>
              <dd>{t(`source.${s.source}`)}</dd>
            </dl>
          )}
          <Text size="xs" c="dimmed">
            {t('server.links')} <span translate="no">{s.base}</span>
          </Text>
          <FormError error={test.error} />
        </Stack>
      )}
    </Section>
  )
}

/** Whether mails also go to those a chat reaches. */
function When() {
  const { t } = useTranslation('mails')
  const company = useQuery(companyOptions(useCompanyId())).data
  const settings = (company?.settings ?? {}) as { mails?: string }
  const save = useMutation({
    mutationFn: (mails: string) => pb.collection('companies').update<CompaniesRecord>(company!.id, { settings: { ...settings, mails } }),
    onSuccess(saved) {
      queryClient.setQueryData(companyOptions(saved.id).queryKey, saved)
      toast(t('app:common.saved'))
    },
    onError: (error) => toastError(error),
  })
  return (
    <Section title={t('when.title')} text={t('when.text')}>
      <Select
        aria-label={t('when.title')}
        maw={420}
        disabled={!company || save.isPending}
        value={settings.mails === 'always' ? 'always' : 'fallback'}
        onChange={(value) => value && save.mutate(value)}
        data={[
          { value: 'fallback', label: t('when.fallback') },
          { value: 'always', label: t('when.always') },
        ]}
      />
    </Section>
  )
}

/** One mail: what became of it, how it looks, and sending it again. */
function MailDrawer({ mail, onClose }: { mail: MailsRecord; onClose: () => void }) {
  const { t } = useTranslation('mails')
  const format = useFormat()
  const preview = useQuery(previewOptions(mail.id))
  const again = useMutation({ mutationFn: () => resend(mail.id), onSuccess: () => toast(t('mail.queued')) })
  const known = ['no_server', 'off', 'superseded'].includes(mail.error)

  return (
    <Drawer opened onClose={onClose} position="right" size="xl" title={t(`kind.${mail.kind}`)} closeButtonProps={{ 'aria-label': t('app:common.close') }}>
      <Stack gap="sm">
        <dl className={c.facts}>
          <dt>{t('mail.to')}</dt>
          <dd data-user-text>{mail.to_name ? `${mail.to_name} <${mail.to}>` : mail.to}</dd>
          <dt>{t('mail.subject')}</dt>
          <dd data-user-text>{mail.subject}</dd>
          <dt>{t('mail.state')}</dt>
          <dd>
            <Group gap="xs">
              <State mail={mail} />
              {mail.sent_at ? format.dateTime(mail.sent_at) : mail.status === 'queued' && mail.attempts > 0 ? t('mail.retry', { when: format.time(mail.due) }) : ''}
            </Group>
          </dd>
        </dl>
        {mail.error && (
          <p className={c.notice} data-danger={mail.status === 'failed' || undefined} role="status">
            {known ? <Kept why={mail.error} /> : <span translate="no">{mail.error}</span>}
          </p>
        )}
        {preview.error ? (
          <ErrorState error={preview.error} />
        ) : preview.data ? (
          // a mail is somebody else's text: no script, no form, no way out of the frame
          <iframe className={c.frame} sandbox="" srcDoc={preview.data.html} title={t('mail.preview')} />
        ) : (
          <ListSkeleton height={320} rows={1} />
        )}
        <FormError error={again.error} />
        <Group>
          <Button leftSection={<IconRefresh size={15} />} disabled={!preview.data || mail.status === 'queued'} loading={again.isPending} onClick={() => again.mutate()}>
            {t('mail.resend')}
          </Button>
        </Group>
      </Stack>
    </Drawer>
  )
}
