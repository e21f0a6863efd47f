import { Button, Center, Code, Stack, Text } from '@mantine/core'
import { IconCloudOff, IconLock } from '@tabler/icons-react'
import { useQuery, useQueryErrorResetBoundary } from '@tanstack/react-query'
import { useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { membershipsOptions } from '@/lib/company'
import { errorText, fault } from '@/lib/errors'
import { currentCompany } from '@/lib/pb'
import { EmptyState } from './EmptyState'

/** Content that could not be loaded: what happened, Retry, and the exact words for whoever is asked for help. */
export function ErrorState({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation()
  const { status, code, message } = fault(error)
  const forbidden = status === 403
  const closed = code === 'out_of_hours'
  const detail = closed ? '' : [status > 0 ? status : '', code, message].filter(Boolean).join(' · ')
  const title = t(closed ? 'error.closedTitle' : forbidden ? 'error.forbiddenTitle' : 'error.title')
  return (
    <div role="alert">
      <EmptyState icon={forbidden ? IconLock : IconCloudOff} title={title} text={errorText(error)}>
        <Stack gap="xs" align="center">
          {onRetry && (!forbidden || closed) && <Button onClick={onRetry}>{t('common.retry')}</Button>}
          {closed && <Elsewhere />}
          {detail && (
            <Text size="xs" c="dimmed" component="div">
              <Code>{detail}</Code>
            </Text>
          )}
        </Stack>
      </EmptyState>
    </div>
  )
}

/** The other companies of somebody who may not be in this one now. */
function Elsewhere() {
  const { data = [] } = useQuery(membershipsOptions())
  return data
    .filter(({ company }) => company !== currentCompany())
    .map(({ company, expand }) => (
      <Button key={company} component="a" href={`/c/${company}`} variant="default">
        {expand?.company?.name}
      </Button>
    ))
}

/** A page that failed as a whole. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  return (
    <Center h="100%" mih={320} component="main">
      <ErrorState
        error={error}
        onRetry={() => {
          queries.reset()
          reset()
          void router.invalidate()
        }}
      />
    </Center>
  )
}

/** A page the person may not see, said plainly instead of an empty screen. */
export function NoPermission() {
  const { t } = useTranslation()
  return <EmptyState icon={IconLock} title={t('error.forbiddenTitle')} text={t('error.forbiddenText')} />
}
