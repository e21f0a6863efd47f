import { describe, expect, it } from 'vitest'
import { closure, reachOf, withExceptions, withReach } from './permissions'

describe('reaches of permissions', () => {
  it('knows the widest', () => {
    expect(reachOf([], 'contacts', 'view')).toBe('')
    expect(reachOf(['contacts.view_own', 'contacts.view_team', 'inbox.view_all'], 'contacts', 'view')).toBe('team')
  })
  it('includes the narrower and leaves the rest', () => {
    expect(withReach(['contacts.view_own', 'contacts.add'], 'contacts', 'view', 'all')).toEqual(['contacts.add', 'contacts.view_own', 'contacts.view_team', 'contacts.view_all'])
    expect(withReach(['contacts.view_all', 'contacts.view_own', 'contacts.edit_own'], 'contacts', 'view', '')).toEqual(['contacts.edit_own'])
  })
})

describe('exceptions from a role', () => {
  it('adds and takes away, as the server does', () => {
    expect(closure(['contacts.view_team', 'contacts.add'])).toEqual(['contacts.view_own', 'contacts.view_team', 'contacts.add'])
    expect(withExceptions(['contacts.view_own'], { add: ['contacts.add'], remove: [] })).toEqual(['contacts.view_own', 'contacts.add'])
    expect(withExceptions(['contacts.view_all', 'inbox.reply'], { add: [], remove: ['contacts.view_team'] })).toEqual(['contacts.view_own', 'inbox.reply'])
  })
})
