import fs from 'node:fs'
import path from 'node:path'
import { parseAst } from 'vite'
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

type Node = { type: string; [field: string]: unknown }

function* nodes(tree: unknown): Generator<Node> {
  if (Array.isArray(tree)) for (const one of tree) yield* nodes(one)
  else if (tree && typeof tree === 'object') {
    if (typeof (tree as Node).type === 'string') yield tree as Node
    for (const value of Object.values(tree)) yield* nodes(value)
  }
}

/** The text a node is, if it is one; `*` stands for what is put in: `event.${name}_by` → event.*_by */
function written(node: Node): string[] {
  if (node.type === 'Literal' && typeof node.value === 'string') return [node.value]
  if (node.type !== 'TemplateLiteral') return []
  return [(node.quasis as { value: { cooked: string } }[]).map((part) => part.value.cooked).join('*')]
}

/** The texts an expression may come out as, as far as it says: both ends of a choice, not what it is chosen by. */
function outcomes(node: Node): string[] {
  if (node.type === 'ConditionalExpression') return [...outcomes(node.consequent as Node), ...outcomes(node.alternate as Node)]
  if (node.type === 'LogicalExpression') return [...outcomes(node.left as Node), ...outcomes(node.right as Node)]
  return written(node)
}

const sources = fs
  .readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !/\.test\.|^widget[\\/]|pb-types|\.d\.ts$/.test(file))
  .map((file) => {
    const code = fs.readFileSync(path.join(src, file), 'utf8')
    const named = /(?:useTranslation\(|TFunction<)'([\w-]+)'/.exec(code)?.[1]
    const feature = /^features[\\/](\w+)/.exec(file)?.[1] ?? 'app'
    // who neither names a namespace nor asks for the common one is handed the t of its feature
    const own = named ?? (code.includes('useTranslation()') || !namespaces.includes(feature) ? 'app' : feature)
    return { file, own, all: [...nodes(parseAst(code, { lang: 'tsx' }))] }
  })

const isKey = (text: string): boolean => /^[\w*:.-]+$/.test(text) && text !== '*'

/** What is given to t(…) and i18n.exists(…), and the properties that are handed on as keys. */
const uses = sources.flatMap(({ file, own, all }) =>
  all
    .filter((node) => node.type === 'CallExpression' && ['t', 'exists'].includes(nameOf(node.callee as Node)))
    .flatMap((call) => outcomes((call.arguments as Node[])[0]!))
    .filter(isKey)
    .map((text) => (text.includes(':') ? { file, namespace: text.split(':')[0]!, key: text.split(':')[1]! } : { file, namespace: own, key: text })),
)

function nameOf(callee: Node): string {
  return String(callee.type === 'MemberExpression' ? (callee.property as Node).name : callee.name)
}

const pattern = (key: string): RegExp => new RegExp(`^${key.replace(/[.+?^$()[\]{}|\\]/g, String.raw`\$&`).replaceAll('*', '.+')}$`)
const known = (namespace: string): string[] => [...stems(texts('en', namespace).keys()).keys()]

describe('keys', () => {
  it('every key a screen asks for exists', () => {
    const missing = uses.filter(({ namespace, key }) => !namespaces.includes(namespace) || !known(namespace).some((stem) => pattern(key).test(stem)))
    expect(missing.map(({ file, namespace, key }) => `${namespace}:${key} in ${file}`)).toEqual([])
  })

  it('every key is asked for by a screen', () => {
    // keys that travel through variables (tables of labels) stand somewhere as strings of their own
    const strings = new Set(sources.flatMap(({ all }) => all.flatMap(written)).filter(isKey))
    const unused = namespaces.flatMap((namespace) => {
      const wanted = uses.filter((use) => use.namespace === namespace).map(({ key }) => pattern(key))
      return known(namespace)
        .filter((stem) => !wanted.some((one) => one.test(stem)) && !strings.has(stem))
        .map((stem) => `${namespace}:${stem}`)
    })
    expect(unused).toEqual([])
  })
})

describe('screens', () => {
  it('have no text written into them', () => {
    const allowed = /^(Recado|\/_\/|https?:\/\/.*)$/
    const bare = sources.flatMap(({ file, all }) =>
      all
        .flatMap((node) => {
          if (node.type === 'JSXText') return [String(node.value)]
          const name = node.type === 'JSXAttribute' ? String((node.name as Node).name) : ''
          return /^(label|title|placeholder|aria-label|alt|description)$/.test(name) && (node.value as Node | null)?.type === 'Literal' ? written(node.value as Node) : []
        })
        .map((text) => text.trim())
        .filter((text) => /\p{L}{2,}/u.test(text) && !allowed.test(text))
        .map((text) => `${file}: ${text}`),
    )
    expect(bare).toEqual([])
  })
})

describe('pseudo', () => {
  it('marks every text and leaves variables and tags alone', () => {
    expect(pseudo({ a: 'Hello {{name}} <b>now</b>', b: { c: 'x' } })).toEqual({ a: '⟦Hélló {{name}} <b>ñów</b>·········⟧', b: { c: '⟦x·⟧' } })
  })
})
