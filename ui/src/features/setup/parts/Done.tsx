import { Alert, Anchor, Button, Group, Stack, Text } from '@mantine/core'
import { IconCheck, IconExternalLink, IconKey, IconSparkles } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import { AuthLayout } from '@/components/AuthLayout'
import { CopyField } from '@/components/CopyField'
import { FormError } from '@/components/FormError'
import { fillDemo } from '@/lib/demo'
import { OtherDevice } from '@/components/OtherDevice'
import { snippet } from '@/lib/snippet'
import type { Answer } from '../draft'

/** Everything is there. The superuser's password is shown here and never again. */
export function Done({ answer }: { answer: Answer }) {
  const { t } = useTranslation('setup')
  const fill = useMutation({ mutationFn: () => fillDemo(answer.company.id) })
  return (
    <AuthLayout width={600} title={t('done.title', { company: answer.company.name })} text={t('done.text')}>
      <Stack gap="lg">
        <CopyField label={t('done.snippet')} value={snippet(answer.channel.public_key)} hint={t('done.snippetHint')} />
        <Alert color="yellow" variant="light" icon={<IconKey size={18} />} title={t('done.superuser')}>
          <Stack gap="sm">
            <span>
              {t('done.superuserText')}{' '}
              <Anchor href="/_/" target="_blank" rel="noreferrer" size="sm" c="inherit" underline="always">
                /_/
              </Anchor>
            </span>
            <CopyField label={t('done.email')} value={answer.superuser.email} />
            <CopyField label={t('done.password')} value={answer.superuser.password} />
          </Stack>
        </Alert>
        <div>
          <Text size="sm" fw={500} mb={4}>
            {t('app:device.title')}
          </Text>
          <OtherDevice />
        </div>
        <Group justify="space-between" wrap="nowrap" gap="md">
          <Text size="sm" c="dimmed" role="status">
            {t(fill.isSuccess ? 'done.sampleDone' : 'done.sampleText')}
          </Text>
          <Button variant="default" size="sm" flex="none" leftSection={fill.isSuccess ? <IconCheck size={15} /> : <IconSparkles size={15} />} loading={fill.isPending} disabled={fill.isSuccess} onClick={() => fill.mutate()}>
            {t('done.sample')}
          </Button>
        </Group>
        <FormError error={fill.error} />
        <Group justify="flex-end">
          <Button component="a" href="/demo" target="_blank" rel="noreferrer" variant="default" size="sm" rightSection={<IconExternalLink size={15} />}>
            {t('done.demo')}
          </Button>
          <Button component={Link} to="/c/$company/inbox/{-$conversation}" params={{ company: answer.company.id } as never} size="sm">
            {t('done.inbox')}
          </Button>
        </Group>
      </Stack>
    </AuthLayout>
  )
}
