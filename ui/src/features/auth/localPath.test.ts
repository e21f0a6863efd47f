import { describe, expect, it } from 'vitest'
import { inviteIn, localPath } from './localPath'

describe('localPath', () => {
  it.each([
    ['/c/abc/inbox?x=1', '/c/abc/inbox?x=1'],
    ['//evil.example/', '/'],
    ['/\\evil.example', '/'],
    ['https://evil.example/', '/'],
    ['javascript:alert(1)', '/'],
    ['', '/'],
    [undefined, '/'],
  ])('%s → %s', (path, expected) => expect(localPath(path)).toBe(expected))
})

describe('inviteIn', () => {
  it.each([
    ['/invite/abc', 'abc'],
    ['/join?code=ABCD-EFGH', 'ABCD-EFGH'],
    ['/join', ''],
    ['/c/abc/inbox', ''],
    [undefined, ''],
  ])('%s → %s', (path, expected) => expect(inviteIn(path)).toBe(expected))
})
