import { useEffect, useRef } from 'react'

/*
 * One table of shortcuts. A screen registers what it answers to while it is open; `?` shows them all.
 * Keys: one key ('j', '/', '?', 'Escape'), 'mod+k' (⌘ or Ctrl), or two in a row ('g i').
 */

export interface Hotkey {
  keys: string
  /** What it does, in the person's language, for the help. */
  label: string
  run(): void
  /** Also while a field has the focus: for 'mod+…' and Escape only. */
  inFields?: boolean
}

interface Group {
  title: string
  hotkeys: Hotkey[]
}

const groups = new Map<symbol, Group>()
let pending = ''
let forgetPending: ReturnType<typeof setTimeout> | undefined

/** Registers shortcuts while the component is mounted. Later ones win over earlier ones. */
export function useHotkeys(title: string, hotkeys: Hotkey[]): void {
  const id = useRef(Symbol('hotkeys'))
  useEffect(() => {
    groups.set(id.current, { title, hotkeys })
  })
  useEffect(() => {
    const key = id.current
    return () => {
      groups.delete(key)
    }
  }, [])
}

/** Everything that can be pressed now, for the help. */
export function hotkeyGroups(): Group[] {
  return [...groups.values()].filter((group) => group.hotkeys.length > 0)
}

export const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.userAgent)

/** 'mod+k' → ⌘K or Ctrl K; 'g i' → G then I, as parts to show as keys. */
export function keyCaps(keys: string): string[] {
  const names: Record<string, string> = { Escape: 'Esc', Enter: '↵', mod: isMac() ? '⌘' : 'Ctrl', ArrowUp: '↑', ArrowDown: '↓', ArrowLeft: '←', ArrowRight: '→' }
  return keys.split(/[ +]/).map((key) => names[key] ?? key.toUpperCase())
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
}

function overlayOpen(): boolean {
  return document.querySelector('[role="dialog"][aria-modal="true"], [role="menu"]') !== null
}

/** The pressed keys as a hotkey writes them. Exported for its test. */
export function pressed(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey'>): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  return event.ctrlKey || event.metaKey ? `mod+${key}` : key
}

function find(keys: string): Hotkey | undefined {
  return [...groups.values()]
    .flatMap((group) => group.hotkeys)
    .reverse()
    .find((hotkey) => hotkey.keys === keys)
}

/** The one listener of the app. Returns the way to stop. */
export function listenToHotkeys(): () => void {
  const onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey || event.isComposing) return
    const typing = inField(event.target)
    const now = pressed(event)
    const wasPending = pending
    pending = ''
    clearTimeout(forgetPending)

    const hotkey = (wasPending && find(`${wasPending} ${now}`)) || find(now)
    if (hotkey && (hotkey.inFields || (!typing && !overlayOpen()))) {
      event.preventDefault()
      hotkey.run()
    } else if (!typing && !now.startsWith('mod+') && [...groups.values()].some((group) => group.hotkeys.some(({ keys }) => keys.startsWith(`${now} `)))) {
      pending = now
      forgetPending = setTimeout(() => {
        pending = ''
      }, 1000)
    }
  }
  document.addEventListener('keydown', onKey)
  return () => document.removeEventListener('keydown', onKey)
}
