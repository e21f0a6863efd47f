import { ActionIcon, Modal } from '@mantine/core'
import { IconChevronLeft, IconChevronRight, IconDownload, IconX } from '@tabler/icons-react'
import { createContext, use, useCallback, useRef, useState, type ReactNode } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import type { FilesRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { downloadFile, useFileUrl } from '../files'
import c from './Lightbox.module.css'

const OpenPicture = createContext<(file: FilesRecord) => void>(() => undefined)

/** Opens a picture of the conversation large. */
export const useGallery = () => use(OpenPicture)

/** Holds the pictures inside it; one opens large, arrows go through the others on the screen. */
export function Gallery({ children }: { children: ReactNode }) {
  const [file, setFile] = useState<FilesRecord>()
  const [open, setOpen] = useState(false)
  const known = useRef(new Map<string, FilesRecord>())
  const show = useCallback((file: FilesRecord) => {
    known.current.set(file.id, file)
    setFile(file)
    setOpen(true)
  }, [])
  return (
    <OpenPicture value={show}>
      {children}
      {file && <Lightbox open={open} file={file} onClose={() => setOpen(false)} onGo={(id) => setFile(known.current.get(id) ?? { ...file, id, name: altOf(id) })} />}
    </OpenPicture>
  )
}

const pictures = (): HTMLImageElement[] => [...document.querySelectorAll<HTMLImageElement>('img[data-file]')]
const altOf = (id: string): string => pictures().find((image) => image.dataset.file === id)?.alt ?? ''

function Lightbox({ open, file, onClose, onGo }: { open: boolean; file: FilesRecord; onClose: () => void; onGo: (id: string) => void }) {
  const { t } = useTranslation('inbox')
  const { url } = useFileUrl(file.id)
  const ids = pictures().map((image) => image.dataset.file!)
  const at = ids.indexOf(file.id)
  const go = (by: number): void => {
    const id = ids[at + by]
    if (id) onGo(id)
  }

  return (
    <Modal.Root opened={open} onClose={onClose} fullScreen padding={0} classNames={{ content: c.content!, body: c.body! }}>
      <Modal.Overlay />
      <Modal.Content
        aria-label={file.name}
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft') go(-1)
          if (event.key === 'ArrowRight') go(1)
        }}
      >
        <Modal.Body>
      <div className={c.bar}>
        <span className={c.name}>{file.name}</span>
        <ActionIcon size={44} c="white" variant="transparent" aria-label={t('file.download', { name: file.name })} onClick={() => void downloadFile(file).catch(toastError)}>
          <IconDownload size={20} />
        </ActionIcon>
        <ActionIcon size={44} c="white" variant="transparent" data-autofocus aria-label={t('app:common.close')} onClick={onClose}>
          <IconX size={22} />
        </ActionIcon>
      </div>
      {/* a press beside the picture closes, as people try; the keyboard has Esc and the button */}
      <div className={c.stage} role="presentation" onClick={(event) => event.target === event.currentTarget && onClose()}>
        {url && <img src={url} alt={file.name} className={c.image} />}
        {at > 0 && (
          <ActionIcon className={c.left} size={44} radius="xl" c="white" variant="transparent" aria-label={t('file.previous')} onClick={() => go(-1)}>
            <IconChevronLeft size={28} />
          </ActionIcon>
        )}
        {at >= 0 && at < ids.length - 1 && (
          <ActionIcon className={c.right} size={44} radius="xl" c="white" variant="transparent" aria-label={t('file.next')} onClick={() => go(1)}>
            <IconChevronRight size={28} />
          </ActionIcon>
        )}
      </div>
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
