import { IconCloudOff } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useLiveState } from '@/lib/live'
import c from './OfflineBanner.module.css'

/** Says that nothing new arrives. A short break heals itself and is not worth a word. */
export function OfflineBanner() {
  const { t } = useTranslation()
  const state = useLiveState()
  const [shown, setShown] = useState(false)
  const down = state === 'offline'

  useEffect(() => {
    if (!down) {
      setShown(false)
      return undefined
    }
    const timer = setTimeout(() => setShown(true), 3000)
    return () => clearTimeout(timer)
  }, [down])

  return (
    <div role="status" aria-live="polite">
      {shown && (
        <div className={c.root}>
          <IconCloudOff size={16} />
          {t('live.offline')}
        </div>
      )}
    </div>
  )
}
