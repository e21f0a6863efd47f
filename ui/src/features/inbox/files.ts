import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { ClientResponseError } from 'pocketbase'
import { currentCompany, pb, staySignedIn } from '@/lib/pb'
import type { FilesRecord } from '@/lib/pb-types'
import type { Message } from './types'

/*
 * Attachments: sent up with progress, and fetched with the sign-in of the person into addresses of this tab (blob:).
 */

/** What is known of a voice note beside its sound. Seconds; see waveform.ts. */
export interface Voice {
  duration: number
  waveform: string
}

/** Sends a file up. `progress` goes from 0 to 1. */
export function uploadFile(conversation: string, file: File, progress: (done: number) => void, signal: AbortSignal, voice?: Voice): Promise<FilesRecord> {
  const company = currentCompany()
  const form = new FormData()
  form.set('company', company)
  form.set('conversation', conversation)
  form.set('name', file.name)
  form.set('file', file)
  if (voice) {
    form.set('voice', 'true')
    form.set('duration', String(voice.duration))
    form.set('waveform', voice.waveform)
  }
  const url = `/api/collections/files/records?company=${company}`
  return new Promise((resolve, reject) => {
    // fetch cannot tell how far an upload is
    const request = new XMLHttpRequest()
    const fail = (response: object): void => reject(new ClientResponseError({ url, status: request.status, response }))
    request.open('POST', url)
    request.responseType = 'json'
    request.setRequestHeader('Authorization', pb.authStore.token)
    request.upload.addEventListener('progress', (event) => progress(event.total ? event.loaded / event.total : 0))
    request.addEventListener('load', () => (request.status < 300 ? resolve(request.response as FilesRecord) : fail((request.response as object | null) ?? {})))
    request.addEventListener('error', () => fail({}))
    signal.addEventListener('abort', () => {
      request.abort()
      fail({})
    })
    request.send(form)
  })
}

interface Blobbed {
  url: Promise<string>
  users: number
}

/** Files fetched lately. Those nobody shows make room for others. */
const MOST = 60
const blobs = new Map<string, Blobbed>()

/** The key of a picture as small as conversations show it. */
const SMALL = '?size=small'

async function fetchBlob(key: string): Promise<string> {
  const company = currentCompany()
  await staySignedIn()
  const [id, query] = key.split('?')
  const response = await fetch(`/api/recado/files/${id}?company=${company}${query ? `&${query}` : ''}`, { headers: { Authorization: pb.authStore.token } })
  if (!response.ok) throw new ClientResponseError({ url: response.url, status: response.status, response: {} })
  return URL.createObjectURL(await response.blob())
}

function hold(id: string): Promise<string> {
  const known = blobs.get(id)
  if (known) {
    known.users++
    blobs.delete(id)
    blobs.set(id, known)
    return known.url
  }
  const url = fetchBlob(id)
  blobs.set(id, { url, users: 1 })
  url.catch(() => blobs.delete(id))
  return url
}

function release(id: string): void {
  const known = blobs.get(id)
  if (known) known.users--
  for (const [old, blob] of blobs) {
    if (blobs.size <= MOST) return
    if (blob.users > 0) continue
    blobs.delete(old)
    void blob.url.then((url) => URL.revokeObjectURL(url)).catch(() => undefined)
  }
}

/** An attachment's bytes as an address for <img>, <audio>, <video>; '' until they are here. */
export function useFileUrl(file: string, small = false): { url: string; error: unknown; again(): void } {
  const [state, setState] = useState<{ id: string; url: string; error: unknown }>({ id: '', url: '', error: undefined })
  const [tries, setTries] = useState(0)
  const id = small ? file + SMALL : file
  useEffect(() => {
    let here = true
    hold(id).then(
      (url) => here && setState({ id, url, error: undefined }),
      (error: unknown) => here && setState({ id, url: '', error }),
    )
    return () => {
      here = false
      release(id)
    }
  }, [id, tries])
  const mine = state.id === id
  return { url: mine ? state.url : '', error: mine ? state.error : undefined, again: () => setTries(tries + 1) }
}

/** Saves an attachment to the person's computer. */
export async function downloadFile(file: Pick<FilesRecord, 'id' | 'name'>): Promise<void> {
  const url = await hold(file.id)
  try {
    Object.assign(document.createElement('a'), { href: url, download: file.name }).click()
  } finally {
    release(file.id)
  }
}

/** The attachments of a message. A live message names them only: they are asked for. */
export function useAttachments(message: Pick<Message, 'attachments' | 'expand'>): FilesRecord[] {
  const known = message.expand?.attachments
  const ids = message.attachments ?? []
  const { data } = useQuery({
    queryKey: ['files', 'of', ids],
    enabled: !known && ids.length > 0,
    staleTime: Infinity,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      const filter = ids.map((id) => pb.filter('id = {:id}', { id })).join(' || ')
      return (await pb.collection('files').getList<FilesRecord>(1, 50, { filter, skipTotal: true, signal })).items
    },
  })
  const files = known ?? data ?? []
  return ids.map((id) => files.find((file) => file.id === id)).filter((file) => file !== undefined)
}

/** What a file is to a chat: the server's judgement of its bytes, in a kind of message. */
export function kindOf(mime: string): 'image' | 'audio' | 'video' | 'document' {
  if (/^image\/(png|jpeg|gif|webp|avif|bmp)$/.test(mime)) return 'image'
  if (mime.startsWith('audio/')) return 'audio'
  return mime.startsWith('video/') ? 'video' : 'document'
}
