import { Button, Group } from '@mantine/core'
import { useBlocker } from '@tanstack/react-router'
import { useTranslation } from '@/lib/useTranslation'
import c from './SaveBar.module.css'

/** Under a form: save or discard, only while there is something to. Leaving with changes is asked about. */
export function SaveBar({ dirty, saving, onDiscard }: { dirty: boolean; saving: boolean; onDiscard: () => void }) {
  const { t } = useTranslation()
  useBlocker({
    shouldBlockFn: () => dirty && !saving && !window.confirm(t('form.leave')),
    enableBeforeUnload: () => dirty,
    disabled: !dirty,
  })
  if (!dirty) return null
  return (
    <div className={c.root} role="region" aria-label={t('form.unsaved')}>
      <span>{t('form.unsaved')}</span>
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" onClick={onDiscard} disabled={saving}>
          {t('form.discard')}
        </Button>
        <Button type="submit" loading={saving}>
          {t('common.save')}
        </Button>
      </Group>
    </div>
  )
}
