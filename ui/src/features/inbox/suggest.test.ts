import { describe, expect, it } from 'vitest'
import { fittingPeople, fittingReplies, mentionsIn, replaceToken, tokenAt } from './suggest'

describe('tokenAt', () => {
  it('finds the word after a mark, at the start or after a space', () => {
    expect(tokenAt('/', 1, '/')).toEqual({ from: 0, query: '' })
    expect(tokenAt('Hi /ho', 6, '/')).toEqual({ from: 3, query: 'ho' })
    expect(tokenAt('see\n@jo and', 7, '@')).toEqual({ from: 4, query: 'jo' })
    expect(tokenAt('/preço', 6, '/')).toEqual({ from: 0, query: 'preço' })
  })
  it('leaves addresses, fractions and what is behind the caret alone', () => {
    expect(tokenAt('https://a', 9, '/')).toBeUndefined()
    expect(tokenAt('1/2', 3, '/')).toBeUndefined()
    expect(tokenAt('ana@example', 11, '@')).toBeUndefined()
    expect(tokenAt('/hours please', 13, '/')).toBeUndefined()
    expect(tokenAt('@jo', 3, '/')).toBeUndefined()
  })
})

it('replaces a token and keeps what stands around it', () => {
  expect(replaceToken('Hi /ho there', { from: 3, query: 'ho' }, 'We open at 9.')).toEqual({ text: 'Hi We open at 9. there', caret: 16 })
})

describe('what fits', () => {
  const replies = [
    { shortcut: 'address', text: 'We are at 5 Rose Street' },
    { shortcut: 'hours', text: 'Open from 9 to 6' },
    { shortcut: 'rosé', text: 'A wine' },
  ]
  it('goes by shortcut first, then by words', () => {
    expect(fittingReplies(replies, 'rose').map(({ shortcut }) => shortcut)).toEqual(['rosé', 'address'])
    expect(fittingReplies(replies, '')).toHaveLength(3)
    expect(fittingReplies(replies, 'zzz')).toEqual([])
  })
  it('finds people by any of their names', () => {
    const people = [{ name: 'João Silva' }, { name: 'Ana Jordão' }, { name: 'Bia' }]
    expect(fittingPeople(people, 'jo').map(({ name }) => name)).toEqual(['João Silva', 'Ana Jordão'])
  })
})

describe('mentionsIn', () => {
  const people = [
    { id: 'a', name: 'Ana' },
    { id: 'b', name: 'Ana Silva' },
  ]
  it('takes the longest name', () => {
    expect(mentionsIn('@Ana Silva, and @Ana!', people).map(({ person }) => person.id)).toEqual(['b', 'a'])
  })
  it('takes no part of another word', () => {
    expect(mentionsIn('@Anabela x@Ana', people)).toEqual([])
  })
  it('cuts where it says', () => {
    const text = 'hey @Ana: look'
    expect(mentionsIn(text, people).map(({ from, to }) => text.slice(from, to))).toEqual(['@Ana'])
  })
})
