import { IconUserShield } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { isActing, leaveTo, pb } from '@/lib/pb'
import c from './OfflineBanner.module.css'

/** Says, for as long as it lasts, that a superuser acts here for somebody else. */
export default function ActingBanner() {
  const { t } = useTranslation()
  if (!isActing()) return null
  return (
    <div role="status" className={c.root} data-full>
      <IconUserShield size={16} />
      <span>{t('shell.acting', { name: (pb.authStore.record?.name as string) || (pb.authStore.record?.email as string) })}</span>
      <button type="button" onClick={() => void leaveTo('/admin')}>
        {t('shell.actingEnd')}
      </button>
    </div>
  )
}
