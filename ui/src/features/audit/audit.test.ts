import { describe, expect, it } from 'vitest'
import { changesOf, EVERYTHING, exportPath, filterOf } from './api'

describe('the log of changes', () => {
  it('is narrowed', () => {
    expect(filterOf(EVERYTHING)).toBe('')
    expect(filterOf({ ...EVERYTHING, actor: 'a', action: 'update' }, 'z')).toBe(`actor = "a" && action = "update" && id < "z"`)
    expect(filterOf({ ...EVERYTHING, text: " o'x " })).toBe(`(actor_name ~ "o'x" || record = "o'x" || data ~ "o'x")`)
    expect(exportPath({ ...EVERYTHING, collection: 'tags' })).toBe('/api/recado/audit/export?collection=tags')
  })
  it('tells before and after', () => {
    expect(changesOf({ color: ['', 'teal'], name: true, method: 'password', tags: [['a'], null] })).toEqual([
      { field: 'color', before: '–', after: 'teal', silent: false },
      { field: 'name', before: '', after: '', silent: true },
      { field: 'method', before: '', after: 'password', silent: false },
      { field: 'tags', before: '["a"]', after: '–', silent: false },
    ])
    expect(changesOf(null)).toEqual([])
  })
})
