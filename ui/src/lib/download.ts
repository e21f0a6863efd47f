import { ClientResponseError } from 'pocketbase'
import { currentCompany, pb, staySignedIn } from './pb'

/** Fetches a file with the sign-in of the person and hands it to the browser as a download. */
export async function download(path: string, name: string): Promise<void> {
  const address = new URL(path, window.location.origin)
  address.searchParams.set('company', currentCompany())
  await staySignedIn()
  const response = await fetch(address, { headers: { Authorization: pb.authStore.token } })
  if (!response.ok) throw new ClientResponseError({ url: response.url, status: response.status, response: (await response.json().catch(() => ({}))) as object })
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // Safari reads it after the click
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
