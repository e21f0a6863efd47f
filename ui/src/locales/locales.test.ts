import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { LANGS, pseudo } from '@/lib/i18n'

/*
 * Three complete languages: the same keys, the plural forms each language has, the same variables;
 * no key that no screen asks for, no screen that asks for a missing key, no text written into a screen.
 */

const root = path.resolve(import.meta.dirname)
const namespaces = fs.readdirSync(path.join(root, 'en')).map((file) => file.replace('.json', ''))

type Tree = { [key: string]: string | Tree }

function flat(tree: Tree, prefix = ''): Map<string, string> {
  return new Map(Object.entries(tree).flatMap(([key, value]) => (typeof value === 'string' ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)])))
}

const read = (lang: string, namespace: string): Tree => JSON.parse(fs.readFileSync(path.join(root, lang, `${namespace}.json`), 'utf8')) as Tree
const texts = (lang: string, namespace: string): Map<string, string> => flat(read(lang, namespace))

const FORM = /_(zero|one|two|few|many|other)$/
/** Keys without plural forms, and which forms each has. */
function stems(keys: Iterable<string>): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  for (const key of keys) {
    const form = FORM.exec(key)?.[1] ?? ''
    const stem = key.replace(FORM, '')
    found.set(stem, (found.get(stem) ?? new Set()).add(form))
  }
  return found
}
const variables = (text: string): string[] => [...text.matchAll(/\{\{\s*([\w.]+)/g)].map((match) => match[1]!).toSorted()

describe.each(namespaces)('texts of %s', (namespace) => {
  const english = texts('en', namespace)

  it.each(LANGS)('%s has exactly the keys of English', (lang) => {
    expect([...stems(texts(lang, namespace).keys()).keys()].toSorted()).toEqual([...stems(english.keys()).keys()].toSorted())
  })

  it.each(LANGS)('%s has every plural form of its language', (lang) => {
    const needed = new Intl.PluralRules(lang).resolvedOptions().pluralCategories
    for (const [stem, forms] of stems(texts(lang, namespace).keys())) {
      if (!forms.has('')) expect([...forms].toSorted(), `${lang} ${stem}`).toEqual(needed.toSorted())
    }
  })

  it.each(LANGS)('%s uses the variables of English', (lang) => {
    for (const [key, text] of texts(lang, namespace)) {
      const model = english.get(key) ?? english.get(key.replace(FORM, '_other'))
      expect(variables(text), `${lang} ${key}`).toEqual(variables(model ?? ''))
    }
  })

  it.each(LANGS)('%s has no empty or unfinished text', (lang) => {
    for (const [key, text] of texts(lang, namespace)) expect(text.trim(), `${lang} ${key}`).not.toMatch(/^$|TODO|FIXME/)
  })
})

const src = path.resolve(root, '..')
const sources = fs
  .readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|^widget[\\/]|pb-types/.test(file))
  .map((file) => ({ file, code: fs.readFileSync(path.join(src, file), 'utf8') }))

/** Every key asked for by t('…') or t(`…${x}…`), with the namespace it is asked in; `*` stands for what is put in. */
function asked(code: string): { namespace: string; key: string }[] {
  const own = /useTranslation\('([\w-]+)'/.exec(code)?.[1] ?? 'app'
  return [...code.matchAll(/\b(?:i18n\.)?(?:t|exists)\(\s*(['"`])((?:(?!\1).)+)\1/g)]
    .map((match) => match[2]!.replace(/\$\{[^}]+\}/g, '*'))
    .map((key) => (key.includes(':') ? { namespace: key.split(':')[0]!, key: key.split(':')[1]! } : { namespace: own, key }))
}

const uses = sources.flatMap(({ file, code }) => asked(code).map((use) => ({ ...use, file })))
const pattern = (key: string): RegExp => new RegExp(`^${key.replace(/[.+?^$()[\]{}|\\]/g, String.raw`\$&`).replaceAll('*', '.+')}$`)

describe('keys', () => {
  it('every key a screen asks for exists', () => {
    const missing = uses.filter(({ namespace, key }) => {
      if (!namespaces.includes(namespace)) return true
      const wanted = pattern(key)
      return ![...stems(texts('en', namespace).keys()).keys()].some((stem) => wanted.test(stem))
    })
    expect(missing).toEqual([])
  })

  it('every key is asked for by a screen', () => {
    // keys that travel through variables (nav items, tables of labels) appear as strings of their own
    const strings = new Set(sources.flatMap(({ code }) => [...code.matchAll(/['"`]([\w.-]+)['"`]/g)].map((match) => match[1]!)))
    const unused = namespaces.flatMap((namespace) => {
      const wanted = uses.filter((use) => use.namespace === namespace).map(({ key }) => pattern(key))
      return [...stems(texts('en', namespace).keys()).keys()]
        .filter((stem) => !wanted.some((one) => one.test(stem)) && !strings.has(stem))
        .map((stem) => `${namespace}:${stem}`)
    })
    expect(unused).toEqual([])
  })
})

describe('screens', () => {
  it('have no text written into them', () => {
    const bare = sources
      .filter(({ file }) => file.endsWith('.tsx'))
      .flatMap(({ file, code }) => {
        const inside = [...code.matchAll(/(?<![=\s])>\s*([^<>{}()=;|&?]*\p{L}{2,}[^<>{}()=;|&?]*)[<{]/gu)].map((match) => match[1]!.trim())
        const attributes = [...code.matchAll(/\s(?:label|title|placeholder|aria-label|alt|description)="([^"]*\p{L}{3,}[^"]*)"/gu)].map((match) => match[1]!)
        return [...inside, ...attributes].filter((text) => !['Recado', '/_/', 'https://'].includes(text) && !text.startsWith(',') && !/^https?:\/\//.test(text)).map((text) => `${file}: ${text}`)
      })
    expect(bare).toEqual([])
  })
})

describe('pseudo', () => {
  it('marks every text and leaves variables and tags alone', () => {
    expect(pseudo({ a: 'Hello {{name}} <b>now</b>', b: { c: 'x' } })).toEqual({ a: '⟦Hélló {{name}} <b>ñów</b>·········⟧', b: { c: '⟦x·⟧' } })
  })
})
