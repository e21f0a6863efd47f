import { IconMessageCircle, IconSend } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { textOn } from './ColorField'
import c from './WidgetPreview.module.css'

/** How the chat will look on a page, while it is being chosen. A picture: nothing in it can be used. */
export function WidgetPreview({ color, title, greeting }: { color: string; title: string; greeting: string }) {
  const { t } = useTranslation()
  const text = textOn(color)
  return (
    <figure className={c.root} aria-label={t('widgetPreview.label')}>
      <div aria-hidden>
        <div className={c.panel}>
          <div className={c.head} style={{ background: color, color: text }}>
            <span className="line">{title}</span>
          </div>
          <div className={c.body}>
            <div className={c.in}>{greeting}</div>
            <div className={c.out} style={{ background: color, color: text }}>
              {t('widgetPreview.visitor')}
            </div>
          </div>
          <div className={c.foot}>
            <span>{t('widgetPreview.write')}</span>
            <IconSend size={16} stroke={1.7} />
          </div>
        </div>
        <div className={c.launcher} style={{ background: color, color: text }}>
          <IconMessageCircle size={24} stroke={1.7} />
        </div>
      </div>
    </figure>
  )
}
