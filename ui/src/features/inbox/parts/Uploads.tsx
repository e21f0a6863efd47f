import { ActionIcon } from '@mantine/core'
import { IconFile, IconRefresh, IconX } from '@tabler/icons-react'
import { useTranslation } from '@/lib/useTranslation'
import { errorText } from '@/lib/errors'
import { useFormat } from '@/lib/format'
import { attachAgain, detach, type Upload } from '../drafts'
import c from './Uploads.module.css'

/** The files of a draft: what they are, how far they have come, and a way to take them out. */
export function Uploads({ conversation, uploads }: { conversation: string; uploads: readonly Upload[] }) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  if (uploads.length === 0) return null
  return (
    <ul className={c.root} aria-label={t('file.attached')}>
      {uploads.map((upload) => {
        const state = upload.error ? errorText(upload.error) : upload.record ? format.bytes(upload.size) : format.number(upload.progress, { style: 'percent', maximumFractionDigits: 0 })
        return (
          <li key={upload.key} className={c.file} data-failed={upload.error ? true : undefined}>
            {upload.preview ? <img src={upload.preview} alt="" className={c.preview} /> : <IconFile size={22} stroke={1.4} className={c.icon} aria-hidden />}
            <span className={c.about}>
              <span className={c.name}>{upload.name}</span>
              <span className={c.state}>{state}</span>
            </span>
            {upload.error !== undefined && upload.file && (
              <ActionIcon size={24} aria-label={t('file.again', { name: upload.name })} onClick={() => attachAgain(conversation, upload)}>
                <IconRefresh size={14} />
              </ActionIcon>
            )}
            <ActionIcon size={24} aria-label={t('file.remove', { name: upload.name })} onClick={() => detach(conversation, upload.key)}>
              <IconX size={14} />
            </ActionIcon>
            {!upload.record && !upload.error && (
              <span className={c.bar} role="progressbar" aria-label={upload.name} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(upload.progress * 100)}>
                <span style={{ width: `${upload.progress * 100}%` }} />
              </span>
            )}
          </li>
        )
      })}
    </ul>
  )
}
