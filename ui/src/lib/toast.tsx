import { lazy, Suspense, useSyncExternalStore } from 'react'
import { errorText } from './errors'
import { i18n } from './i18n'

/*
 * Short messages in the corner. The library that shows them is fetched with the first one.
 */

export interface ToastAction {
  label: string
  run(): void
}

export interface Toast {
  id: number
  message: string
  tone: 'ok' | 'error'
  action: ToastAction | undefined
}

const Toasts = lazy(() => import('./Toasts'))
const waiting: Toast[] = []
const watchers = new Set<() => void>()
let count = 0

function show(message: string, tone: Toast['tone'], action?: ToastAction): void {
  waiting.push({ id: ++count, message, tone, action })
  for (const changed of watchers) changed()
}

/** Says that something was done, with at most one thing to do about it (Undo). */
export function toast(message: string, action?: ToastAction): void {
  show(message, 'ok', action)
}

/** Says what went wrong, with Retry where trying again may help. */
export function toastError(error: unknown, retry?: () => void): void {
  show(errorText(error), 'error', retry && { label: i18n.t('app:common.retry'), run: retry })
}

/** The toasts nobody has shown yet. */
export function takeToasts(): Toast[] {
  return waiting.splice(0)
}

export function useToastCount(): number {
  return useSyncExternalStore(
    (changed) => {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
    () => count,
  )
}

export function Toaster() {
  return useToastCount() > 0 ? (
    <Suspense fallback={null}>
      <Toasts />
    </Suspense>
  ) : null
}
