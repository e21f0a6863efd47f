import { Button } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from '@/lib/useTranslation'
import { ConfirmButton } from '@/components/ConfirmButton'
import { FormError } from '@/components/FormError'
import { Section } from '@/components/SettingsPage'
import { removeRecord, saveRecord } from '@/lib/data'
import { fault } from '@/lib/errors'
import type { AgendasRecord, ServicesRecord } from '@/lib/pb-types'
import { toast, toastError } from '@/lib/toast'
import c from '../AgendaSettings.module.css'

/** Deletes what is not in use; what is, can be made inactive instead. */
export function Remove({ collection, record, onRemoved }: { collection: 'agendas' | 'services'; record: AgendasRecord | ServicesRecord; onRemoved: () => void }) {
  const { t } = useTranslation('agendas')
  const remove = useMutation({
    mutationFn: () => removeRecord(collection, record.id),
    onSuccess() {
      toast(t('remove.done', { name: record.name }))
      onRemoved()
    },
  })
  const rest = useMutation({
    mutationFn: () => saveRecord(collection, record.id, { active: false }),
    onSuccess: () => toast(t('remove.deactivated', { name: record.name })),
    onError: (error) => toastError(error),
  })
  const { code, data } = fault(remove.error)
  const used = code === 'in_use'

  return (
    <Section title={t('remove.title')}>
      <div className={c.danger}>
        <span>{t(`remove.${collection}`)}</span>
        <ConfirmButton question={t('remove.question', { name: record.name })} confirm={t('remove.confirm')} onConfirm={() => remove.mutateAsync().catch(() => undefined)}>
          {t('remove.confirm')}
        </ConfirmButton>
      </div>
      {remove.error && (
        <div style={{ marginTop: 12 }}>
          <FormError error={remove.error} text={used ? t('remove.used', { count: Number(data.count) }) : undefined} />
          {used && record.active && (
            <Button mt="xs" variant="default" loading={rest.isPending} onClick={() => rest.mutate()}>
              {t('remove.deactivate')}
            </Button>
          )}
        </div>
      )}
    </Section>
  )
}
