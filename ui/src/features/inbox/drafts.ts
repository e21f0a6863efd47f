import { newId } from '@/lib/id'
import type { FilesRecord } from '@/lib/pb-types'
import { store, useStore } from './store'
import { i18n } from '@/lib/i18n'
import { toast } from '@/lib/toast'
import { uploadFile, type Voice } from './files'

/*
 * What is being written, per conversation: text, whether it is a note, which message it answers, files. Kept while
 * switching between conversations and over a reload of the tab; of the files those that are on the server already.
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
  /** The file itself, to try again; gone after a reload. */
  file?: File
  /** It was recorded here. */
  voice?: Voice
}

/** What of a draft survives a reload. */
interface Kept {
  text: string
  note: boolean
  replyTo: string
  files: FilesRecord[]
}

const NONE: readonly Upload[] = []
const EMPTY: Kept = { text: '', note: false, replyTo: '', files: [] }
const KEY = 'recado-draft-'

const uploads = store<ReadonlyMap<string, readonly Upload[]>>(new Map())
const quotes = store<ReadonlyMap<string, string>>(new Map())
const running = new Map<string, AbortController>()
const notes = new Map<string, boolean>()
const texts = new Map<string, string>()
/** Conversations whose stored draft has been read. */
const read = new Set<string>()
/** Which of them are in the session storage. */
const stored = new Set<string>()

/** Brings back what a reload left, the first time a conversation is written in. */
function restore(conversation: string): void {
  if (read.has(conversation)) return
  read.add(conversation)
  const raw = sessionStorage.getItem(KEY + conversation)
  if (!raw) return
  stored.add(conversation)
  const kept = parse(raw)
  if (kept.text) texts.set(conversation, kept.text)
  if (kept.note) notes.set(conversation, true)
  if (kept.replyTo) quotes.set(new Map(quotes.get()).set(conversation, kept.replyTo))
  if (kept.files.length > 0) change(conversation, (list) => [...kept.files.map(attached), ...list])
}

function parse(raw: string): Kept {
  try {
    return { ...EMPTY, ...(JSON.parse(raw) as Partial<Kept>) }
  } catch {
    return EMPTY
  }
}

/** Writes a draft where it survives a reload. The storage of the browser is slow, and most conversations have none. */
function keep(conversation: string): void {
  const files = (uploads.get().get(conversation) ?? NONE).map((one) => one.record).filter((record) => record !== undefined)
  const draft: Kept = { text: texts.get(conversation) ?? '', note: notes.get(conversation) ?? false, replyTo: quotes.get().get(conversation) ?? '', files }
  if (draft.text || draft.replyTo || files.length > 0) {
    sessionStorage.setItem(KEY + conversation, JSON.stringify(draft))
    stored.add(conversation)
  } else if (stored.delete(conversation)) {
    sessionStorage.removeItem(KEY + conversation)
  }
}

export function draftText(conversation: string): string {
  restore(conversation)
  return texts.get(conversation) ?? ''
}

/** Remembers the text; `settled` writes it where it survives a reload, too slow to do at each key. */
export function keepText(conversation: string, text: string, settled = false): void {
  if (text) texts.set(conversation, text)
  else texts.delete(conversation)
  if (settled || !text) keep(conversation)
}

export function isNote(conversation: string): boolean {
  restore(conversation)
  return notes.get(conversation) ?? false
}

export function keepNote(conversation: string, on: boolean): void {
  if (on) notes.set(conversation, true)
  else notes.delete(conversation)
}

/** The message a draft answers, or ''. */
export function useQuote(conversation: string): string {
  return useStore(quotes, (all) => all.get(conversation) ?? '')
}

const answering = store<{ conversation: string; note: boolean } | undefined>(undefined)

/** The wish to answer a message, for the composer: it takes the focus with it. */
export const useAnswering = () => useStore(answering, (wish) => wish)

/** Answers a message: a note by a note, everything else by a reply. */
export function answer(conversation: string, message: string, note: boolean): void {
  quote(conversation, message)
  answering.set({ conversation, note })
}

/** Makes a message the one that a draft answers; '' for none. */
export function quote(conversation: string, message: string): void {
  const next = new Map(quotes.get())
  if (message) next.set(conversation, message)
  else next.delete(conversation)
  quotes.set(next)
  keep(conversation)
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

/** A file that is on the server, as part of a draft. */
const attached = (record: FilesRecord): Upload => ({ key: newId(), name: record.name, size: record.size, mime: record.mime, preview: '', progress: 1, record })

/** Adds files that are on the server already. */
export function attachStored(conversation: string, files: FilesRecord[]): void {
  if (files.length === 0) return
  change(conversation, (list) => [...list, ...files.map(attached)])
  keep(conversation)
}

/** Starts to upload files for a conversation at once, so that sending them later takes no time. */
export function attach(conversation: string, files: Iterable<File>, voice?: Voice): void {
  for (const file of files) {
    const preview = /^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(file.type) ? URL.createObjectURL(file) : ''
    const upload: Upload = { key: newId(), name: file.name, size: file.size, mime: file.type, preview, progress: 0, file, ...(voice ? { voice } : {}) }
    change(conversation, (list) => [...list, upload])
    void start(conversation, upload.key, file, voice)
  }
}

/** Tries a file again that could not be uploaded. It keeps its place. */
export function attachAgain(conversation: string, upload: Upload): void {
  if (!upload.file) return
  const { error: _, ...fresh } = upload
  change(conversation, (list) => list.map((one) => (one.key === upload.key ? { ...fresh, progress: 0 } : one)))
  void start(conversation, upload.key, upload.file, upload.voice)
}

async function start(conversation: string, key: string, file: File, voice?: Voice): Promise<void> {
  const update = (changes: Partial<Upload>): void => change(conversation, (list) => list.map((one) => (one.key === key ? { ...one, ...changes } : one)))
  const abort = new AbortController()
  running.set(key, abort)
  try {
    const record = await uploadFile(conversation, file, (progress) => update({ progress }), abort.signal, voice)
    update({ record, progress: 1 })
    // the server could not make it what phones play as one
    if (voice && record.mime !== 'audio/ogg') toast(i18n.t('inbox:voice.asFile'))
    keep(conversation)
  } catch (error) {
    update({ error })
  } finally {
    running.delete(key)
  }
}

/** Takes one file out of the draft. */
export function detach(conversation: string, key: string): void {
  running.get(key)?.abort()
  change(conversation, (list) => list.filter((one) => !(one.key === key && (forget(one), true))))
  keep(conversation)
}

/** Empties the draft after it was sent. A file that could not be uploaded stays, to be tried again or taken out. */
export function clearDraft(conversation: string): void {
  texts.delete(conversation)
  quotes.set(new Map([...quotes.get()].filter(([id]) => id !== conversation)))
  change(conversation, (list) => {
    const failed = list.filter((one) => one.error !== undefined)
    for (const one of list) if (one.error === undefined) forget(one)
    return failed
  })
  keep(conversation)
}

function forget({ preview }: Upload): void {
  if (preview) URL.revokeObjectURL(preview)
}
