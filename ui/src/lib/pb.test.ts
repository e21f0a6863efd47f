import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isSignedIn, pb, renew, signedOut } from './pb'

/*
 * Renewing a sign-in: with the token while it is good, after that with what came with it, once.
 */

const claims = (seconds: number): string => btoa(JSON.stringify({ exp: Math.floor(Date.now() / 1000) + seconds, type: 'auth' }))
const token = (name: string, seconds: number): string => `${name}.${claims(seconds)}.x`
const record = { id: 'ana', collectionId: 'u', collectionName: 'users' }

let asked: string[] = []
let answers: (() => Response)[] = []
const json = (body: object, status = 200) => () => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

beforeEach(() => {
  asked = []
  answers = []
  localStorage.clear()
  vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
    asked.push(`${new URL(url, 'http://x').pathname} ${typeof options.body === 'string' ? options.body : ''}`.trim())
    return Promise.resolve((answers.shift() ?? json({}, 500))())
  })
  vi.stubGlobal('location', { ...window.location, pathname: '/c/aaaaaaaaaaaaaaa/inbox', search: '', origin: 'http://x', assign: vi.fn<(url: string) => void>() })
})
afterEach(() => {
  vi.unstubAllGlobals()
  pb.authStore.clear()
})

describe('renewing a sign-in', () => {
  it('shows the token while it is good, and takes a new one', async () => {
    pb.authStore.save(token('old', 300), record)
    const next = token('new', 3600)
    answers = [json({ token: next, record })]
    expect(await renew()).toBe(true)
    expect(asked).toEqual(['/api/collections/users/auth-refresh'])
    expect(pb.authStore.token).toBe(next)
  })

  it('uses what came with the token after its end, once for many who ask', async () => {
    pb.authStore.save(token('old', -60), record)
    localStorage.setItem('recado-refresh', 'first')
    answers = [json({ token: token('new', 3600), refresh: 'second', record })]
    expect(await Promise.all([renew(), isSignedIn(), renew()])).toEqual([true, true, true])
    expect(asked).toEqual(['/api/recado/sessions/refresh {"refresh":"first"}'])
    expect(localStorage.getItem('recado-refresh')).toBe('second')
  })

  it('goes before the request that needs it', async () => {
    pb.authStore.save(token('old', -60), record)
    localStorage.setItem('recado-refresh', 'first')
    const next = token('new', 3600)
    let sent: string | null = ''
    answers = [json({ token: next, refresh: 'second', record }), json({ items: [] })]
    const stubbed = fetch
    vi.stubGlobal('fetch', (url: string, options: RequestInit) => {
      sent = new Headers(options.headers).get('Authorization')
      return stubbed(url, options)
    })
    await pb.collection('contacts').getList(1, 1)
    expect(sent).toBe(next)
  })

  it('signs out where the server refuses, and stays where it can’t be reached', async () => {
    pb.authStore.save(token('old', -60), record)
    localStorage.setItem('recado-refresh', 'first')
    expect(await isSignedIn()).toBe(false) // 500
    expect(localStorage.getItem('recado-refresh')).toBe('first')

    pb.authStore.save(token('good', 3600), record)
    answers = [json({ status: 401 }, 401)]
    signedOut(pb.authStore.token)
    await vi.waitFor(() => expect(window.location.assign).toHaveBeenCalledWith(expect.stringContaining('/login')))
    expect(pb.authStore.token).toBe('')
    expect(localStorage.getItem('recado-refresh')).toBe(null)
  })

  it('says nothing about a newer sign-in', () => {
    pb.authStore.save(token('good', 3600), record)
    signedOut(token('other', 3600))
    expect(asked).toEqual([])
  })
})
