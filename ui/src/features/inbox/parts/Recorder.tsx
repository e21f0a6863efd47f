import { ActionIcon, Button } from '@mantine/core'
import { IconSend2, IconTrash } from '@tabler/icons-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from '@/lib/useTranslation'
import { clock, encodeWaveform } from '../waveform'
import type { Voice } from '../files'
import c from './Voice.module.css'

/** In what browsers record, the best first: the first is a voice note already, the second is packed anew by the server. */
const TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus', 'audio/mp4']
/** The longest recording. Seconds. */
const MOST = 15 * 60
/** How often its loudness is taken. Milliseconds. */
const STEP = 60

interface Recording {
  stop(): void
  end(): void
}

/** Records from the moment it is shown. `onDone` gets what was said. */
export default function Recorder({ onDone, onCancel }: { onDone: (file: File, voice: Voice) => void; onCancel: () => void }) {
  const { t } = useTranslation('inbox')
  const [seconds, setSeconds] = useState(0)
  const [levels, setLevels] = useState<number[]>([])
  const [problem, setProblem] = useState('')
  const recording = useRef<Recording>(undefined)
  const done = useRef(onDone)
  useEffect(() => {
    done.current = onDone
  })

  useEffect(() => {
    let gone = false
    record(
      (now, all) => {
        setSeconds(now)
        setLevels(all.slice(-48))
        if (now >= MOST) recording.current?.stop()
      },
      (file, voice) => done.current(file, voice),
    ).then(
      (started) => {
        recording.current = started
        if (gone) started.end()
      },
      (error: unknown) => setProblem(error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : error instanceof DOMException && error.name === 'NotFoundError' ? 'none' : 'failed'),
    )
    return () => {
      gone = true
      recording.current?.end()
    }
  }, [])

  return (
    <div className={c.recorder} role="group" aria-label={t('voice.recording')}>
      <ActionIcon size={32} aria-label={t('voice.discard')} onClick={onCancel}>
        <IconTrash size={17} stroke={1.6} />
      </ActionIcon>
      {problem ? (
        <span className={c.problem} role="alert">
          {t(`voice.${problem}`)}
        </span>
      ) : (
        <>
          <span className={c.dot} aria-hidden />
          <span className={`${c.time} tnum`} role="timer">
            {clock(seconds)}
          </span>
          <span className={c.levels} aria-hidden>
            {levels.map((level, index) => (
              // oxlint-disable-next-line react/no-array-index-key -- a moving picture without identity
              <span key={index} style={{ height: `${Math.round(8 + Math.min(1, level * 4) * 92)}%` }} />
            ))}
          </span>
          <Button size="sm" h={34} data-autofocus disabled={seconds === 0} onClick={() => recording.current?.stop()} rightSection={<IconSend2 size={16} stroke={1.7} />}>
            {t('composer.send')}
          </Button>
        </>
      )}
    </div>
  )
}

async function record(heard: (seconds: number, levels: number[]) => void, finished: (file: File, voice: Voice) => void): Promise<Recording> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true } })
  const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type))
  const recorder = new MediaRecorder(stream, { ...(mimeType ? { mimeType } : {}), audioBitsPerSecond: 32_000 })
  const sound = new AudioContext()
  const meter = sound.createAnalyser()
  meter.fftSize = 1024
  sound.createMediaStreamSource(stream).connect(meter)
  const wave = new Float32Array(meter.fftSize)
  const levels: number[] = []
  const pieces: Blob[] = []
  const began = performance.now()
  let wanted = false
  let over = false

  const timer = setInterval(() => {
    meter.getFloatTimeDomainData(wave)
    levels.push(Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length))
    heard((performance.now() - began) / 1000, levels)
  }, STEP)
  function end(): void {
    if (over) return
    over = true
    clearInterval(timer)
    if (recorder.state !== 'inactive') recorder.stop()
    for (const track of stream.getTracks()) track.stop()
    void sound.close()
  }
  recorder.addEventListener('dataavailable', (event) => pieces.push(event.data))
  recorder.addEventListener('stop', () => {
    if (!wanted) return
    const type = recorder.mimeType || mimeType || 'audio/webm'
    const name = `voice.${type.includes('ogg') ? 'ogg' : type.includes('mp4') ? 'm4a' : 'webm'}`
    finished(new File(pieces, name, { type }), { duration: Math.max(1, Math.round((performance.now() - began) / 1000)), waveform: encodeWaveform(levels) })
  })
  recorder.start()
  return {
    stop() {
      wanted = true
      end()
    },
    end,
  }
}
