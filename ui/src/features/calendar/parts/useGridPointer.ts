import { useEffect, useRef, useState, type RefObject } from 'react'
import type { CalendarEvent } from '../model'

/*
 * What pointers do on the time grid: drag a card to move it, press or drag where nothing is to book or block. A mouse
 * drags at once; a finger has to rest on a card first, so that the grid can still be scrolled. Escape takes it back.
 */

export type Drag = { kind: 'create'; column: number; begun: number; minute: number; block: boolean } | { kind: 'move'; event: CalendarEvent; column: number; minute: number }

interface Options {
  scroller: RefObject<HTMLElement | null>
  /** Pixels per axis minute */
  scale: number
  /** The card with this id, if it may be moved. */
  movable(id: string): { event: CalendarEvent; from: number } | undefined
  canCreate(column: number): boolean
  /** Whether what is dragged open is blocked time, even without Shift. */
  blocking: boolean
  /** A press or a drag ended: on nothing, or with a card. */
  onDrop(drag: Drag, moved: boolean): void
}

const SLOP = 5
const REST = 350
const EDGE = 48

export function useGridPointer(options: Options): Drag | undefined {
  const [drag, setDrag] = useState<Drag>()
  const latest = useRef(options)
  useEffect(() => {
    latest.current = options
  })

  useEffect(() => {
    const root = latest.current.scroller.current
    if (!root) return undefined
    return bind(root, latest, setDrag)
  }, [])

  return drag
}

interface Press {
  pointer: number
  x: number
  y: number
  touch: boolean
  block: boolean
  card: { event: CalendarEvent; from: number } | undefined
  column: number
  minute: number
}

function bind(root: HTMLElement, latest: RefObject<Options>, show: (drag: Drag | undefined) => void): () => void {
  let press: Press | undefined
  let drag: Drag | undefined
  let point = { x: 0, y: 0 }
  let rest: ReturnType<typeof setTimeout> | undefined
  let frame = 0

  const at = (x: number, y: number): { column: number; minute: number } | undefined => {
    const columns = [...root.querySelectorAll<HTMLElement>('[data-column]')]
    let best: { column: number; minute: number } | undefined
    let distance = Number.POSITIVE_INFINITY
    columns.forEach((element, column) => {
      const box = element.getBoundingClientRect()
      const away = Math.max(box.left - x, x - box.right, 0)
      if (away < distance) {
        distance = away
        best = { column, minute: (y - box.top) / latest.current.scale }
      }
    })
    return best
  }

  const set = (next: Drag | undefined): void => {
    drag = next
    show(next)
    root.toggleAttribute('data-dragging', next !== undefined)
  }

  const begin = (): void => {
    if (!press) return
    if (press.card) set({ kind: 'move', event: press.card.event, column: press.column, minute: press.card.from })
    else set({ kind: 'create', column: press.column, begun: press.minute, minute: press.minute, block: press.block })
    root.setPointerCapture(press.pointer)
    frame = requestAnimationFrame(scroll)
  }

  const follow = (): void => {
    const place = at(point.x, point.y)
    if (!press || !drag || !place) return
    if (drag.kind === 'move') set({ ...drag, column: place.column, minute: place.minute - (press.minute - press.card!.from) })
    else set({ ...drag, minute: place.minute })
  }

  // near the upper and lower edge the grid comes along
  const scroll = (): void => {
    if (!drag) return
    const box = root.getBoundingClientRect()
    const above = box.top + EDGE * 2 - point.y
    const below = point.y - (box.bottom - EDGE)
    const by = above > 0 ? -above / 8 : below > 0 ? below / 8 : 0
    if (by !== 0) {
      root.scrollTop += by
      follow()
    }
    frame = requestAnimationFrame(scroll)
  }

  const end = (): void => {
    clearTimeout(rest)
    cancelAnimationFrame(frame)
    press = undefined
    if (drag) set(undefined)
  }

  const onDown = (event: PointerEvent): void => {
    if (event.button !== 0 || !event.isPrimary) return
    const target = event.target as HTMLElement
    const place = at(event.clientX, event.clientY)
    const element = target.closest<HTMLElement>('[data-event]')
    if (!place || !target.closest('[data-column]')) return
    const card = element ? latest.current.movable(element.dataset.event!) : undefined
    if (element ? !card : !latest.current.canCreate(place.column)) return

    point = { x: event.clientX, y: event.clientY }
    press = { ...place, ...point, pointer: event.pointerId, touch: event.pointerType === 'touch', block: latest.current.blocking || event.shiftKey, card }
    if (press.touch && card) rest = setTimeout(begin, REST)
    else if (!press.touch && !card) event.preventDefault()
  }

  const onMove = (event: PointerEvent): void => {
    if (!press || event.pointerId !== press.pointer) return
    point = { x: event.clientX, y: event.clientY }
    const far = Math.hypot(point.x - press.x, point.y - press.y) > SLOP
    if (!drag && far) {
      if (press.touch) return end()
      begin()
    }
    follow()
  }

  const onUp = (event: PointerEvent): void => {
    if (!press || event.pointerId !== press.pointer) return
    const done = drag
    const pressed = press
    end()
    if (done) {
      // the click that follows is not one
      root.addEventListener('click', stop, { capture: true, once: true })
      setTimeout(() => root.removeEventListener('click', stop, { capture: true }))
      latest.current.onDrop(done, true)
    } else if (!pressed.card) {
      latest.current.onDrop({ kind: 'create', column: pressed.column, begun: pressed.minute, minute: pressed.minute, block: pressed.block }, false)
    }
  }

  const stop = (event: Event): void => {
    event.stopPropagation()
    event.preventDefault()
  }
  const onTouch = (event: TouchEvent): void => {
    if (drag) event.preventDefault()
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !drag) return
    stop(event)
    end()
  }

  root.addEventListener('pointerdown', onDown)
  root.addEventListener('pointermove', onMove)
  root.addEventListener('pointerup', onUp)
  root.addEventListener('pointercancel', end)
  root.addEventListener('touchmove', onTouch, { passive: false })
  document.addEventListener('keydown', onKey, { capture: true })
  return () => {
    end()
    root.removeEventListener('pointerdown', onDown)
    root.removeEventListener('pointermove', onMove)
    root.removeEventListener('pointerup', onUp)
    root.removeEventListener('pointercancel', end)
    root.removeEventListener('touchmove', onTouch)
    document.removeEventListener('keydown', onKey, { capture: true })
  }
}
