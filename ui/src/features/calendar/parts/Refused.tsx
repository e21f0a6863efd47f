import { Alert } from '@mantine/core'
import { IconClockExclamation } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import type { Refusal } from '../api'
import { shortMoment } from '../moments'
import c from './Dialogs.module.css'

/** Why a time was refused, and the next ones that are free: one press takes one. */
export function Refused({ refusal, onChoose }: { refusal: Refusal; onChoose: (start: number) => void }) {
  const { t } = useTranslation('calendar')
  const format = useFormat()
  return (
    <Alert color="yellow" variant="light" role="alert" icon={<IconClockExclamation size={18} />} p="sm" className={c.refused} title={t(`refused.${refusal.reason}`)}>
      {refusal.alternatives.length > 0 ? t('refused.instead') : t('refused.nothing')}
      <div className={c.times}>
        {refusal.alternatives.map((start) => (
          <button key={start} type="button" className={c.slot} onClick={() => onChoose(start)}>
            {shortMoment(format, start)}
          </button>
        ))}
      </div>
    </Alert>
  )
}
