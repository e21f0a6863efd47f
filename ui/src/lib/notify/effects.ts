/*
 * The four ways to say "something new": a sound, the tab's title, the tab's icon, the operating system.
 */

let audio: AudioContext | undefined

/** Browsers let a page make sound only after the person has touched it; called once, at start. */
export function unlockSound(): () => void {
  const unlock = (): void => {
    audio ??= new AudioContext()
    void audio.resume()
  }
  window.addEventListener('pointerdown', unlock, { once: true })
  window.addEventListener('keydown', unlock, { once: true })
  return () => {
    window.removeEventListener('pointerdown', unlock)
    window.removeEventListener('keydown', unlock)
  }
}

/** Two soft notes, made here: no file to fetch. */
export function ring(): void {
  if (!audio || audio.state !== 'running') return
  for (const [pitch, delay] of [
    [660, 0],
    [880, 0.11],
  ] as const) {
    const note = audio.createOscillator()
    const volume = audio.createGain()
    const start = audio.currentTime + delay
    note.type = 'sine'
    note.frequency.value = pitch
    volume.gain.setValueAtTime(0.0001, start)
    volume.gain.exponentialRampToValueAtTime(0.12, start + 0.015)
    volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.28)
    note.connect(volume).connect(audio.destination)
    note.start(start)
    note.stop(start + 0.3)
  }
}

const RUNG = 'recado-rung'

/** True for the first tab that asks about a message: of many open tabs one rings. */
export function claim(message: string): boolean {
  if (localStorage.getItem(RUNG) === message) return false
  localStorage.setItem(RUNG, message)
  return true
}

/** (3) Recado */
export function titleWith(title: string, count: number): string {
  const plain = title.replace(/^\(\d+\+?\) /, '')
  return count > 0 ? `(${count > 99 ? '99+' : count}) ${plain}` : plain
}

/** Draws the tab's icon, with a dot on it when something is unread. */
export function setIcon(unread: boolean): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  if (link) link.href = unread ? '/favicon-unread.svg' : '/favicon.svg'
}

/** Whether this browser can show notifications here: only over https or on localhost. */
export function desktopPossible(): boolean {
  return 'Notification' in window && window.isSecureContext
}

export async function askDesktop(): Promise<boolean> {
  return desktopPossible() && (await Notification.requestPermission()) === 'granted'
}

export function showDesktop(title: string, body: string, tag: string, open: () => void): void {
  if (!desktopPossible() || Notification.permission !== 'granted') return
  const shown = new Notification(title, { body, tag, icon: '/favicon.svg' })
  shown.addEventListener('click', () => {
    window.focus()
    open()
    shown.close()
  })
}
