import { IconLock } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { useCompany } from '@/lib/company'
import { useFormat } from '@/lib/format'
import c from './OfflineBanner.module.css'

/** Says that a company is switched off: everything can be looked at, nothing be changed. */
export default function ClosedBanner() {
  const { t } = useTranslation()
  const format = useFormat()
  const company = useCompany()
  if (!company || company.active) return null
  return (
    <div role="status" className={c.root}>
      <IconLock size={16} />
      <span>{company.removal ? t('shell.leaving', { date: format.longDate(company.removal) }) : t('shell.inactive')}</span>
    </div>
  )
}
