import { ActionIcon } from '@mantine/core'
import { IconPlayerPauseFilled, IconPlayerPlayFilled, IconRefresh } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import type { FilesRecord } from '@/lib/pb-types'
import { useFileUrl } from '../files'
import { BARS, clock, decodeWaveform } from '../waveform'
import c from './Voice.module.css'

const RATES = [1, 1.5, 2] as const

/** The one that plays: another one that begins stops it. */
let playing: HTMLAudioElement | undefined

/** A voice note: its loudness as a picture to go along in, and how fast it is spoken. */
export default function VoicePlayer({ file }: { file: FilesRecord }) {
  const { t } = useTranslation('inbox')
  const { url, error, again } = useFileUrl(file.id)
  const audio = useRef<HTMLAudioElement>(null)
  const [on, setOn] = useState(false)
  const [at, setAt] = useState(0)
  const [length, setLength] = useState(file.duration)
  const [rate, setRate] = useState<(typeof RATES)[number]>(1)
  const bars = decodeWaveform(file.waveform)
  const done = length > 0 ? at / length : 0

  useEffect(() => {
    if (audio.current) audio.current.playbackRate = rate
  }, [rate, url])
  useEffect(
    () => () => {
      if (playing === audio.current) playing = undefined
    },
    [],
  )

  function toggle(): void {
    const element = audio.current
    if (!element) return
    if (!element.paused) {
      element.pause()
      return
    }
    if (playing !== element) playing?.pause()
    playing = element
    void element.play().catch(() => undefined)
  }

  if (error) {
    return (
      <button type="button" className={c.broken} onClick={again}>
        <IconRefresh size={15} aria-hidden />
        {t('file.failed')}
      </button>
    )
  }
  return (
    <div className={c.player} role="group" aria-label={t('voice.note')}>
      {/* oxlint-disable-next-line jsx-a11y/media-has-caption -- what customers say has no captions */}
      <audio
        ref={audio}
        src={url || undefined}
        preload="metadata"
        onPlay={() => setOn(true)}
        onPause={() => setOn(false)}
        onEnded={() => setAt(0)}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onLoadedMetadata={(event) => Number.isFinite(event.currentTarget.duration) && setLength(event.currentTarget.duration)}
      />
      <ActionIcon size={36} radius="xl" variant="filled" disabled={!url} aria-label={on ? t('voice.pause') : t('voice.play')} onClick={toggle}>
        {on ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
      </ActionIcon>
      <span className={c.track}>
        <svg className={c.bars} viewBox={`0 0 ${BARS * 3} 32`} preserveAspectRatio="none" aria-hidden>
          {Array.from({ length: BARS }, (_, index) => {
            const height = Math.max(2, ((bars[index] ?? 0) / 100) * 30)
            return <rect key={index} x={index * 3} y={16 - height / 2} width={2} height={height} rx={1} className={index / BARS < done ? c.heard : c.unheard} />
          })}
        </svg>
        <input
          type="range"
          className={c.seek}
          min={0}
          max={Math.max(1, length)}
          step={0.1}
          value={at}
          disabled={!url}
          aria-label={t('voice.seek')}
          aria-valuetext={t('voice.at', { at: clock(at), length: clock(length) })}
          onChange={(event) => {
            const to = Number(event.currentTarget.value)
            setAt(to)
            if (audio.current) audio.current.currentTime = to
          }}
        />
      </span>
      <span className={`${c.time} tnum`}>{clock(on || at > 0 ? at : length)}</span>
      <button type="button" className={`${c.rate} tnum`} aria-label={t('voice.rate', { rate })} onClick={() => setRate(RATES[(RATES.indexOf(rate) + 1) % RATES.length]!)}>
        {rate}×
      </button>
    </div>
  )
}
