import { Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconDeviceMobile, IconQrcode } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { ErrorState } from '@/components/ErrorState'
import { ListSkeleton } from '@/components/PageSkeleton'
import { Section } from '@/components/SettingsPage'
import { useLive } from '@/lib/live'
import type { ChannelsRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { connect, disconnect, isOff, linkOptions, type Link } from '../api'
import c from './LinkPanel.module.css'

/** How a number is, what to do about it, and the codes to link it by. */
export function LinkPanel({ channel }: { channel: ChannelsRecord }) {
  const { t } = useTranslation('settings')
  const client = useQueryClient()
  const options = linkOptions(channel.id)
  const link = useQuery(options)
  useLive('channel.link', (event) => {
    if ((event as { channel?: string }).channel === channel.id) void client.invalidateQueries({ queryKey: options.queryKey })
  })
  useLive('gap', () => void client.invalidateQueries({ queryKey: options.queryKey }))
  const change = useMutation({
    mutationFn: (what: () => Promise<Link>) => what(),
    onSuccess: (answer) => client.setQueryData(options.queryKey, answer),
    onError: (error) => toastError(error),
  })

  if (link.error && !link.data) {
    return (
      <Section title={t('number.title')}>
        <ErrorState error={link.error} onRetry={() => void link.refetch()} />
      </Section>
    )
  }
  if (!link.data) return <ListSkeleton height={120} rows={1} />
  const { state, number, waiting } = link.data
  const pairing = state === 'pairing'
  const linked = !['unlinked', 'pairing', 'logged_out', 'banned'].includes(state)

  return (
    <Section title={t('number.title')} action={<Badge color={colorOf(state)}>{t(`number.state_${state}`)}</Badge>}>
      <Stack gap="sm" aria-live="polite">
        {number && (
          <Text size="sm" fw={500}>
            {number}
          </Text>
        )}
        <Text size="sm" c="dimmed">
          {link.data.problem ? t(`number.problem_${link.data.problem}`) : t(`number.advice_${state}`)}
        </Text>
        {waiting > 0 && isOff(state) && <Text size="sm">{t('number.waiting', { count: waiting })}</Text>}
        {pairing && <Codes link={link.data} />}
        {!channel.active && <Text size="sm">{t('number.switchOn')}</Text>}
        <Group gap="xs">
          {linked ? (
            <>
              {isOff(state) && (
                <Button loading={change.isPending} onClick={() => change.mutate(() => connect(channel.id))}>
                  {t('number.connect')}
                </Button>
              )}
              <ConfirmButton question={t('number.unlinkAsk')} confirm={t('number.unlink')} onConfirm={() => change.mutateAsync(() => disconnect(channel.id))}>
                {t('number.unlink')}
              </ConfirmButton>
            </>
          ) : (
            channel.active && <Start pairing={pairing} busy={change.isPending} onStart={(phone) => change.mutate(() => connect(channel.id, phone))} onStop={() => change.mutate(() => disconnect(channel.id))} />
          )}
        </Group>
      </Stack>
    </Section>
  )
}

function Start({ pairing, busy, onStart, onStop }: { pairing: boolean; busy: boolean; onStart: (phone?: string) => void; onStop: () => void }) {
  const { t } = useTranslation('settings')
  const [byCode, setByCode] = useState(false)
  const [phone, setPhone] = useState('')
  if (byCode) {
    return (
      <form
        className={c.phone}
        onSubmit={(event) => {
          event.preventDefault()
          onStart(phone)
          setByCode(false)
        }}
      >
        <TextInput label={t('number.phone')} description={t('number.phoneHint')} placeholder="+55 11 98765-4321" type="tel" autoFocus required value={phone} onChange={(event) => setPhone(event.currentTarget.value)} />
        <Group gap="xs">
          <Button type="submit" loading={busy}>
            {t('number.showCode')}
          </Button>
          <Button variant="default" onClick={() => setByCode(false)}>
            {t('app:common.cancel')}
          </Button>
        </Group>
      </form>
    )
  }
  return (
    <>
      {!pairing && (
        <Button leftSection={<IconQrcode size={16} />} loading={busy} onClick={() => onStart()}>
          {t('number.byQR')}
        </Button>
      )}
      <Button variant="default" leftSection={<IconDeviceMobile size={16} />} onClick={() => setByCode(true)}>
        {t('number.byCode')}
      </Button>
      {pairing && (
        <Button variant="default" loading={busy} onClick={onStop}>
          {t('app:common.cancel')}
        </Button>
      )}
    </>
  )
}

function Codes({ link }: { link: Link }) {
  const { t } = useTranslation('settings')
  if (link.code) {
    return (
      <div>
        <Text size="sm" mb={6}>
          {t('number.codeSteps')}
        </Text>
        <output className={c.code} aria-label={t('number.code')}>
          {link.code}
        </output>
      </div>
    )
  }
  if (!link.picture) return <div className={c.blank} aria-busy="true" />
  return (
    <div>
      <ol className={c.steps}>
        <li>{t('number.step1')}</li>
        <li>{t('number.step2')}</li>
        <li>{t('number.step3')}</li>
      </ol>
      <img src={link.picture} alt={t('number.qr')} width={240} height={240} className={c.qr} data-code={link.qr} />
    </div>
  )
}

function colorOf(state: string): string {
  if (state === 'online') return 'brand'
  if (state === 'pairing' || state === 'connecting') return 'blue'
  return state === 'unlinked' ? 'gray' : 'red'
}
