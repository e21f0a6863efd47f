import { describe, expect, it } from 'vitest'
import { textOn, COLORS } from '@/components/ColorField'
import { hueOf, initials } from '@/components/Avatar'
import { fold } from './fold'
import { guessCurrency } from './guess'
import { copyDay, dayFault, hoursValid, nextWindow, OFFICE_HOURS, windowsOf, withDay } from './hours'
import { keyCaps, pressed } from './hotkeys'
import { matchLanguage, startLanguage } from './i18n'
import { newId } from './id'
import { fromMinor, toMinor } from './money'
import { titleWith } from './notify/effects'
import { arrival, byCustomer, isGivenTo } from './notify/what'
import { tells } from './preferences'
import { snippet } from './snippet'

describe('languages', () => {
  it.each([
    ['pt-PT', 'pt-BR'],
    ['pt', 'pt-BR'],
    ['es-AR', 'es'],
    ['EN-us', 'en'],
    ['fr', undefined],
    ['', undefined],
  ])('%s → %s', (tag, lang) => expect(matchLanguage(tag)).toBe(lang))

  it('asks the address, then the last choice, then the browser', () => {
    expect(startLanguage('?lang=es', 'en', ['pt-BR'])).toBe('es')
    expect(startLanguage('?lang=xx', 'en', ['pt-BR'])).toBe('en')
    expect(startLanguage('', null, ['fr', 'pt-PT'])).toBe('pt-BR')
    expect(startLanguage('', null, ['fr'])).toBe('en')
    expect(startLanguage('?lang=qps', 'es', [])).toBe('qps')
  })
})

describe('guessCurrency', () => {
  it.each([
    ['America/Sao_Paulo', ['en-US'], 'BRL'],
    ['America/Argentina/Cordoba', ['es'], 'ARS'],
    ['Europe/Lisbon', ['pt-PT'], 'EUR'],
    ['Etc/UTC', ['en-GB'], 'GBP'],
    ['Etc/UTC', ['en'], 'USD'],
  ])('%s %j → %s', (zone, languages, currency) => expect(guessCurrency(zone, languages)).toBe(currency))
})

describe('money', () => {
  it.each([
    ['80', 'BRL', 8000],
    ['80,5', 'BRL', 8050],
    ['R$ 1.234,50', 'BRL', 123_450],
    ['1,234.50', 'USD', 123_450],
    ['1.234', 'BRL', 123_400],
    ['1.234', 'CLP', 1234],
    ['', 'BRL', undefined],
    ['free', 'BRL', undefined],
  ])('%s %s → %s', (text, currency, minor) => expect(toMinor(text, currency)).toBe(minor))

  it('reads what it writes', () => {
    for (const minor of [0, 5, 99, 100, 8050, 123_456]) expect(toMinor(fromMinor(minor, 'BRL', 'pt-BR'), 'BRL')).toBe(minor)
  })
})

describe('opening hours', () => {
  it('finds what is wrong with a day', () => {
    expect(dayFault([{ start: 540, end: 540 }])).toBe('order')
    expect(dayFault([{ start: 840, end: 1080 }, { start: 540, end: 900 }])).toBe('overlap')
    expect(dayFault([{ start: 540, end: 720 }, { start: 720, end: 1440 }])).toBeUndefined()
    expect(hoursValid(withDay(OFFICE_HOURS, 1, [{ start: 600, end: 500 }]))).toBe(false)
  })

  it('copies a day to the open ones only', () => {
    const hours = copyDay(withDay(OFFICE_HOURS, 1, [{ start: 600, end: 720 }, { start: 780, end: 900 }]), 1)
    expect(windowsOf(hours, 5)).toEqual([{ weekday: 5, start: 600, end: 720 }, { weekday: 5, start: 780, end: 900 }])
    expect(windowsOf(hours, 0)).toEqual([])
  })

  it('offers a next window that is right', () => {
    expect(nextWindow([])).toEqual({ start: 540, end: 1080 })
    for (const end of [60, 720, 1080, 1320]) {
      const windows = [{ start: 0, end }]
      expect(dayFault([...windows, nextWindow(windows)])).toBeUndefined()
    }
  })
})

describe('new messages', () => {
  it('concern who has the conversation, or everybody while nobody has it', () => {
    const what = (assignee: string, answerer: 'human' | 'waiting' | 'bot', looking: boolean, bot: boolean, met = '2026-01-01 08:00:00.000Z', known = false) =>
      arrival({ created: '2026-03-02 08:00:00.000Z' }, { assignee, answerer, expand: { contact: { created: met } } }, 'me', looking, bot, known)
    expect(what('me', 'human', false, false)).toBe('messages')
    expect(what('other', 'human', false, true)).toBe(undefined)
    expect(what('', 'waiting', false, false)).toBe('unassigned')
    expect(what('', 'bot', false, false)).toBe(undefined)
    expect(what('', 'bot', false, true)).toBe('unassigned')
    expect(what('me', 'human', true, true)).toBe(undefined)
    expect(what('', 'bot', false, true, '2026-03-02 07:59:59.000Z')).toBe('new_leads')
    expect(what('me', 'human', false, true, '2026-03-02 07:59:59.000Z')).toBe('new_leads')
    expect(what('me', 'human', false, true, '2026-03-02 07:59:59.000Z', true)).toBe('messages')
  })

  it('tells of what customers do to appointments, not colleagues', () => {
    const what = (isNew: boolean, source: 'page' | 'member' | 'bot', status: 'pending' | 'cancelled', by: '' | 'contact' | 'member' = '') => byCustomer(isNew, { source, status, cancelled_by: by })
    expect(what(true, 'page', 'pending')).toBe('booked')
    expect(what(true, 'member', 'pending')).toBe(undefined)
    expect(what(false, 'bot', 'pending')).toBe(undefined)
    expect(what(false, 'member', 'cancelled', 'contact')).toBe('cancelled')
    expect(what(false, 'bot', 'cancelled', 'member')).toBe(undefined)
  })

  // a switch for each way of each event
  it.each(['new_leads', 'messages', 'unassigned', 'assigned', 'mentions', 'follow_ups', 'appointments', 'channel_off'] as const)('%s are told unless switched off', (event) => {
    for (const way of ['app', 'browser'] as const) {
      const set = (home: string, on: boolean) => ({ preferences: { notifications: { [home]: { [event]: { [way]: on } } } } })
      expect(tells(undefined, 'here', event, way)).toBe(true)
      expect(tells(set('here', false), 'here', event, way)).toBe(false)
      expect(tells(set('there', false), 'here', event, way)).toBe(true)
      expect(tells(set('all', false), 'here', event, way)).toBe(false)
      expect(tells({ preferences: { notifications: { all: { [event]: { [way]: false } }, here: { [event]: { [way]: true } } } } }, 'here', event, way)).toBe(true)
      expect(tells(set('here', false), 'here', event, way === 'app' ? 'browser' : 'app')).toBe(true)
    }
  })

  it('tells of what was given to this person by others', () => {
    const line = (event: string, assignee: string, author = '') => isGivenTo('me', { kind: 'system', author, data: { event, assignee } })
    expect(line('transferred', 'me', 'you')).toBe(true)
    expect(line('assigned', 'me')).toBe(true)
    expect(line('woken', 'me')).toBe(true)
    expect(line('assigned', 'me', 'me')).toBe(false)
    expect(line('assigned', 'you', 'boss')).toBe(false)
    expect(line('closed', 'me', 'you')).toBe(false)
  })

  it('are counted in the title', () => {
    expect(titleWith('Recado', 0)).toBe('Recado')
    expect(titleWith('(3) Recado', 4)).toBe('(4) Recado')
    expect(titleWith('(99+) Recado', 0)).toBe('Recado')
    expect(titleWith('Recado', 120)).toBe('(99+) Recado')
  })
})

describe('small things', () => {
  it('folds text', () => expect(fold('  São João ÑANDÚ ')).toBe('sao joao nandu'))

  it('makes ids that records may have', () => {
    const made = new Set(Array.from({ length: 200 }, newId))
    expect(made.size).toBe(200)
    for (const id of made) expect(id).toMatch(/^[a-z0-9]{15}$/)
  })

  it('writes white only where it can be read', () => {
    expect(textOn('#ffee00')).toBe('#000')
    for (const color of COLORS) expect(textOn(color), color).toBe('#fff')
  })

  it('shortens names', () => {
    expect(['Ana Maria Souza', 'ana', '+55 11 9999', '', 'Érica'].map(initials)).toEqual(['AS', 'A', '#', '#', 'É'])
    expect(hueOf('Ana')).toBe(hueOf('Ana'))
  })

  it('writes keys as they stand on the keyboard', () => {
    expect(pressed({ key: 'K', ctrlKey: true, metaKey: false })).toBe('mod+k')
    expect(pressed({ key: '?', ctrlKey: false, metaKey: false })).toBe('?')
    expect(keyCaps('g i')).toEqual(['G', 'I'])
  })

  it('embeds', () => expect(snippet('KEY', 'https://desk.example')).toBe('<script src="https://desk.example/widget.js" data-channel="KEY" async></script>'))
})
