import { describe, expect, it } from 'vitest'
import type { ChannelsRecord, CompaniesRecord } from '@/lib/pb-types'
import { channelBody, channelValues, originOf } from './channelForm'
import { companyBody, companyValues } from './companyForm'
import { inviteState } from './inviteState'

describe('originOf', () => {
  it.each([
    ['https://example.com/page?x=1', 'https://example.com'],
    ['example.com', 'https://example.com'],
    ['http://shop.local:8080/', 'http://shop.local:8080'],
    ['HTTPS://Example.COM', 'https://example.com'],
    ['ftp://example.com', ''],
    ['not an address', ''],
    ['', ''],
  ])('%s → %s', (text, origin) => expect(originOf(text)).toBe(origin))
})

describe('channel form', () => {
  const channel = { name: 'Site', answerer: '', queue: '', active: true, origins: null, settings: { title: 'Hi', launcher: 'left' } } as unknown as ChannelsRecord

  it('keeps settings it does not know and cleans what was typed', () => {
    const values = { ...channelValues(channel), name: ' Site ', origins: ['example.com', 'https://example.com/'] }
    expect(channelBody(channel, values)).toMatchObject({ name: 'Site', answerer: 'bot', origins: ['https://example.com'], settings: { title: 'Hi', launcher: 'left', color: '#0b7450' } })
  })
})

describe('company form', () => {
  const company = { name: 'A', kind: '', phone: '', website: '', timezone: 'UTC', locale: 'en', currency: 'EUR', settings: { texts: { en: { hi: 'x' } }, human_hours: 3 } } as unknown as CompaniesRecord

  it('fills in defaults, keeps overrides, trims', () => {
    const values = companyValues(company)
    expect(values).toMatchObject({ human_hours: 3, reopen_hours: 24, greeting_hours: 12, pages: [], hours: { weekly: [], closed: [] }, capacity: 10 })
    const body = companyBody(company, { ...values, address: ' Rua 1 ', pages: [{ id: 'p', title: ' T ', text: ' x ' }] })
    expect(body.settings).toEqual({ texts: { en: { hi: 'x' } }, human_hours: 3, reopen_hours: 24, greeting_hours: 12, rating_scale: 0, rating_hours: 24, session_idle_minutes: 0, session_days: 0, require_two_factor: false, work_hours_only: false, retention: { messages_days: 0, events_days: 30, audit_days: 365 }, hours: { weekly: [], closed: [] }, capacity: 10, address: 'Rua 1', phone_text: '', pages: [{ id: 'p', title: 'T', text: 'x' }] })
  })
})

describe('inviteState', () => {
  const now = new Date('2026-01-02T00:00:00Z')
  const invite = { used_at: '', revoked: false, expires: '2026-01-03 00:00:00.000Z' }
  it('says what became of it', () => {
    expect(inviteState(invite, now)).toBe('open')
    expect(inviteState({ ...invite, expires: '2026-01-02 00:00:00.000Z' }, now)).toBe('expired')
    expect(inviteState({ ...invite, revoked: true }, now)).toBe('revoked')
    expect(inviteState({ ...invite, revoked: true, used_at: '2026-01-01 00:00:00.000Z' }, now)).toBe('used')
  })
})
