import { IconDownload, IconFile, IconFileTypePdf, IconPhotoOff } from '@tabler/icons-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { useFormat } from '@/lib/format'
import type { FilesRecord } from '@/lib/pb-types'
import { toastError } from '@/lib/toast'
import { downloadFile, kindOf, useFileUrl } from '../files'
import { useGallery } from './Lightbox'
import c from './Attachment.module.css'

const VoicePlayer = lazy(() => import('./VoicePlayer'))

const MOST_WIDE = 300
const MOST_HIGH = 320

/** The room a picture takes, in pixels: known before it is here, so nothing jumps. */
export function pictureSize(width: number, height: number): { width: number; height: number } {
  if (!width || !height) return { width: 240, height: 180 }
  const scale = Math.min(1, MOST_WIDE / width, MOST_HIGH / height)
  return { width: Math.max(60, Math.round(width * scale)), height: Math.max(40, Math.round(height * scale)) }
}

/** A picture, a sound, a film or a document of a message. */
export function Attachment({ file }: { file: FilesRecord }) {
  const kind = kindOf(file.mime)
  if (kind === 'image') return <Picture file={file} />
  if (kind === 'audio' && file.voice) {
    return (
      <Suspense fallback={<div className={c.audio} aria-busy="true" />}>
        <VoicePlayer file={file} />
      </Suspense>
    )
  }
  if (kind === 'audio' || kind === 'video') return <Player file={file} kind={kind} />
  return <Document file={file} />
}

function Picture({ file }: { file: FilesRecord }) {
  const { t } = useTranslation('inbox')
  const { url, error, again } = useFileUrl(file.id, true)
  const open = useGallery()
  const size = pictureSize(file.width, file.height)
  if (error) {
    return (
      <button type="button" className={c.broken} style={{ width: size.width }} onClick={again}>
        <IconPhotoOff size={20} aria-hidden />
        {t('file.failed')}
      </button>
    )
  }
  return (
    <button type="button" className={c.picture} style={{ width: size.width, aspectRatio: `${size.width} / ${size.height}` }} onClick={() => open(file)} aria-label={t('file.open', { name: file.name })}>
      {url && <img src={url} alt={file.name} width={size.width} height={size.height} data-file={file.id} data-user-text />}
    </button>
  )
}

function Player({ file, kind }: { file: FilesRecord; kind: 'audio' | 'video' }) {
  const { url, error } = useFileUrl(file.id)
  if (error) return <Document file={file} />
  // oxlint-disable-next-line jsx-a11y/media-has-caption -- what customers send has no captions
  return kind === 'audio' ? <audio className={c.audio} src={url || undefined} controls aria-label={file.name} /> : <video className={c.video} src={url || undefined} controls aria-label={file.name} />
}

function Document({ file }: { file: FilesRecord }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const [busy, setBusy] = useState(false)
  const Mark = file.mime === 'application/pdf' ? IconFileTypePdf : IconFile

  async function save(): Promise<void> {
    setBusy(true)
    try {
      await downloadFile(file)
    } catch (error) {
      toastError(error, () => void save())
    } finally {
      setBusy(false)
    }
  }

  return (
    <button type="button" className={c.document} onClick={() => void save()} aria-busy={busy} aria-label={t('file.download', { name: file.name })}>
      <Mark size={26} stroke={1.4} aria-hidden />
      <span className={c.about}>
        <span className={c.name} data-user-text>{file.name}</span>
        <span className={c.size}>{format.bytes(file.size)}</span>
      </span>
      <IconDownload size={17} stroke={1.6} aria-hidden />
    </button>
  )
}
