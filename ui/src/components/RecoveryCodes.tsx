import { CopyField } from './CopyField'
import { useTranslation } from '@/lib/useTranslation'

/** Codes that stand in for the phone when it is lost, shown once. */
export function RecoveryCodes({ codes }: { codes: string[] }) {
  const { t } = useTranslation()
  return <CopyField label={t('factor.recovery')} value={codes.join(' ')} hint={t('factor.recoveryHint')} />
}
