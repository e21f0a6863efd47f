import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'

/** How long the pointer rests before the hint comes. Milliseconds. */
const REST = 400

/**
 * Shows what `data-hint` of a button says while it is pointed at or has the focus of the keyboard (`data-hint-side`: where).
 * One for the whole app: one for each button is a tenth of what a step through the inbox costs.
 */
export function Hints() {
  const [button, setButton] = useState<HTMLElement | null>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = (element: HTMLElement | null): void => {
      clearTimeout(timer)
      setButton((shown) => (shown === element ? shown : null))
      if (element) timer = setTimeout(() => setButton(element.isConnected ? element : null), REST)
    }
    const hinted = (event: Event) => (event.target instanceof Element ? event.target.closest<HTMLElement>('[data-hint]') : null)
    const listeners: Record<string, (event: Event) => void> = {
      pointerover: (event) => show((event as PointerEvent).pointerType === 'touch' ? null : hinted(event)),
      focusin(event) {
        const element = hinted(event)
        if (element?.matches(':focus-visible')) show(element)
      },
      focusout: () => show(null),
      pointerdown: () => show(null),
      keydown: () => show(null),
    }
    for (const [type, listener] of Object.entries(listeners)) document.addEventListener(type, listener)
    return () => {
      show(null)
      for (const [type, listener] of Object.entries(listeners)) document.removeEventListener(type, listener)
    }
  }, [])

  const { hint, hintSide } = button?.dataset ?? {}
  return button && hint ? <Tooltip key={hint} target={button} label={hint} position={hintSide === 'right' ? 'right' : 'top'} opened transitionProps={{ duration: 0 }} /> : null
}
