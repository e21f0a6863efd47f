import { newId } from '@/lib/id'
import type { FilesRecord } from '@/lib/pb-types'
import { store, useStore } from './store'
import { uploadFile } from './files'

/*
 * What is being written, per conversation: text, whether it is a note, files. Kept while switching between conversations;
 * text also over a reload of the tab.
 */

export interface Upload {
  key: string
  name: string
  size: number
  mime: string
  /** The picture from this computer's disk, while there is one to show. */
  preview: string
  /** 0 to 1 */
  progress: number
  record?: FilesRecord
  error?: unknown
}

const NONE: readonly Upload[] = []
const KEY = 'recado-draft-'

const uploads = store<ReadonlyMap<string, readonly Upload[]>>(new Map())
const running = new Map<string, AbortController>()
const notes = new Set<string>()
const texts = new Map<string, string>()
/** Which of them are in the session storage. */
const stored = new Set<string>()

export function draftText(conversation: string): string {
  const known = texts.get(conversation)
  if (known !== undefined) return known
  const kept = sessionStorage.getItem(KEY + conversation) ?? ''
  if (kept) stored.add(conversation)
  return kept
}

/** Remembers the text; `settled` writes it where it survives a reload, too slow to do at each key. */
export function keepText(conversation: string, text: string, settled = false): void {
  if (text) texts.set(conversation, text)
  else texts.delete(conversation)
  if (!settled && text) return
  // the storage of the browser is slow, and most conversations have no draft
  if (text) sessionStorage.setItem(KEY + conversation, text)
  else if (stored.has(conversation)) sessionStorage.removeItem(KEY + conversation)
  if (text) stored.add(conversation)
  else stored.delete(conversation)
}

export const isNote = (conversation: string): boolean => notes.has(conversation)

export function keepNote(conversation: string, on: boolean): void {
  if (on) notes.add(conversation)
  else notes.delete(conversation)
}

export function useUploads(conversation: string): readonly Upload[] {
  return useStore(uploads, (all) => all.get(conversation) ?? NONE)
}

function change(conversation: string, to: (list: readonly Upload[]) => readonly Upload[]): void {
  const next = new Map(uploads.get())
  const list = to(next.get(conversation) ?? NONE)
  if (list.length > 0) next.set(conversation, list)
  else next.delete(conversation)
  uploads.set(next)
}

/** Starts to upload files for a conversation at once, so that sending them later takes no time. */
export function attach(conversation: string, files: Iterable<File>): void {
  for (const file of files) {
    const key = newId()
    const preview = /^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(file.type) ? URL.createObjectURL(file) : ''
    const update = (changes: Partial<Upload>): void => change(conversation, (list) => list.map((one) => (one.key === key ? { ...one, ...changes } : one)))
    const abort = new AbortController()
    running.set(key, abort)
    change(conversation, (list) => [...list, { key, name: file.name, size: file.size, mime: file.type, preview, progress: 0 }])
    uploadFile(conversation, file, (progress) => update({ progress }), abort.signal)
      .then((record) => update({ record, progress: 1 }))
      .catch((error: unknown) => update({ error }))
      .finally(() => running.delete(key))
  }
}

/** Takes one file out of the draft. */
export function detach(conversation: string, key: string): void {
  running.get(key)?.abort()
  change(conversation, (list) => list.filter((one) => !(one.key === key && (forget(one), true))))
}

/** Empties the draft's files after they were sent. */
export function clearUploads(conversation: string): void {
  change(conversation, (list) => {
    for (const one of list) forget(one)
    return NONE
  })
}

function forget({ preview }: Upload): void {
  if (preview) URL.revokeObjectURL(preview)
}
