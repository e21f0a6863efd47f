import { describe, expect, it } from 'vitest'
import { localPath } from './localPath'

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
