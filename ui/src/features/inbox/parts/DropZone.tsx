import { IconPaperclip } from '@tabler/icons-react'
import { useRef, useState, type DragEvent, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import c from './DropZone.module.css'

/** Takes files that are dropped anywhere on the conversation. */
export function DropZone({ enabled, onFiles, className, label, children }: { enabled: boolean; onFiles: (files: File[]) => void; className: string; label: string; children: ReactNode }) {
  const { t } = useTranslation('inbox')
  const depth = useRef(0)
  const [over, setOver] = useState(false)
  const withFiles = (event: DragEvent): boolean => enabled && event.dataTransfer.types.includes('Files')

  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- dropping is one more way; the keyboard has the button
    <section
      className={className}
      aria-label={label}
      onDragEnter={(event) => {
        if (withFiles(event) && ++depth.current === 1) setOver(true)
      }}
      onDragLeave={(event) => {
        if (withFiles(event) && --depth.current === 0) setOver(false)
      }}
      onDragOver={(event) => {
        if (withFiles(event)) event.preventDefault()
      }}
      onDrop={(event) => {
        if (!withFiles(event)) return
        event.preventDefault()
        depth.current = 0
        setOver(false)
        onFiles([...event.dataTransfer.files])
      }}
    >
      {children}
      {over && (
        <div className={c.over} aria-hidden>
          <IconPaperclip size={28} stroke={1.5} />
          {t('composer.drop')}
        </div>
      )}
    </section>
  )
}
