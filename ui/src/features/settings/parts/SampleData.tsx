import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { Section } from '@/components/SettingsPage'
import { clearDemo, demoOptions, fillDemo } from '@/lib/demo'
import { queryClient } from '@/lib/query'
import { toast, toastError } from '@/lib/toast'

/** Something to look at, and to be rid of again. Every list changes with it. */
export function SampleData({ company }: { company: string }) {
  const { t } = useTranslation('settings')
  const demo = useQuery(demoOptions(company))
  const fill = useMutation({
    mutationFn: () => fillDemo(company),
    async onSuccess() {
      await queryClient.invalidateQueries()
      toast(t('sample.filled'))
    },
    onError: (error) => toastError(error, () => fill.mutate()),
  })
  const clear = useMutation({
    mutationFn: () => clearDemo(company),
    async onSuccess({ kept }) {
      await queryClient.invalidateQueries()
      toast(kept > 0 ? t('sample.kept', { count: kept }) : t('sample.cleared'))
    },
    onError: (error) => toastError(error),
  })
  if (!demo.data) return null
  return (
    <Section
      title={t('sample.title')}
      text={t(demo.data.filled ? 'sample.there' : 'sample.text')}
      action={
        demo.data.filled ? (
          <ConfirmButton flex="none" question={t('sample.question')} confirm={t('sample.clear')} onConfirm={() => clear.mutateAsync().catch(() => undefined)}>
            {t('sample.clear')}
          </ConfirmButton>
        ) : (
          <Button variant="default" flex="none" loading={fill.isPending} onClick={() => fill.mutate()}>
            {t('sample.fill')}
          </Button>
        )
      }
    >
      {null}
    </Section>
  )
}
