import i18next, { type BackendModule } from 'i18next'

export const LANGS = ['en', 'pt-BR', 'es'] as const
export type Lang = (typeof LANGS)[number]

/** Each language is named in its own words, whatever the screen's language. */
export const LANG_NAMES: Record<Lang, string> = { en: 'English', 'pt-BR': 'Português (Brasil)', es: 'Español' }

/** English with every letter replaced: a screen shown in it betrays text that is not translated. Opened by ?lang=qps. */
const PSEUDO = 'qps'

// one small file per feature and language: a person downloads one language of the screens they open
const files = import.meta.glob<{ default: Tree }>('../locales/*/*.json')

type Tree = { [key: string]: string | Tree }

const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(lang, namespace, done) {
    const load = files[`../locales/${lang === PSEUDO ? 'en' : lang}/${namespace}.json`]
    if (!load) {
      done(new Error(`no texts ${lang}/${namespace}`), null)
      return
    }
    load().then(
      (file) => done(null, lang === PSEUDO ? pseudo(file.default) : file.default),
      (error: unknown) => done(error as Error, null),
    )
  },
}

const LETTERS: Record<string, string> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú', c: 'ç', n: 'ñ', s: 'š', y: 'ý', A: 'Á', E: 'É', I: 'Í', O: 'Ó', U: 'Ú', C: 'Ç', N: 'Ñ', S: 'Š' }

/** Rewrites every text of a tree as ⟦…⟧ with accents and a third more length; {{variables}} and <tags> stay. */
export function pseudo(tree: Tree): Tree {
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => {
      if (typeof value !== 'string') return [key, pseudo(value)]
      const words = value.replace(/(\{\{.*?\}\}|<[^>]*>)|[A-Za-z]/g, (found, kept: string | undefined) => kept ?? LETTERS[found] ?? found)
      return [key, `⟦${words}${'·'.repeat(Math.ceil(value.length / 3))}⟧`]
    }),
  )
}

/** The language to start with: the address (for tests), the one chosen here before, the browser's, English. */
export function startLanguage(search: string, saved: string | null, browser: readonly string[]): string {
  const asked = new URLSearchParams(search).get('lang')
  if (asked === PSEUDO) return PSEUDO
  for (const wish of [asked, saved, ...browser]) {
    const lang = matchLanguage(wish)
    if (lang) return lang
  }
  return 'en'
}

/** The language we speak that is nearest to a BCP 47 tag: pt-PT → pt-BR, es-AR → es. */
export function matchLanguage(tag: string | null | undefined): Lang | undefined {
  if (!tag) return undefined
  return LANGS.find((lang) => lang === tag) ?? LANGS.find((lang) => lang.slice(0, 2) === tag.slice(0, 2).toLowerCase())
}

const KEY = 'recado-language'

/** The language texts are shown in, as a tag Intl understands. */
export function intlLocale(): string {
  return i18next.language === PSEUDO ? 'en' : i18next.language
}

export async function setLanguage(lang: Lang): Promise<void> {
  localStorage.setItem(KEY, lang)
  await i18next.changeLanguage(lang)
}

export async function initI18n(): Promise<void> {
  i18next.on('languageChanged', (lang) => {
    document.documentElement.lang = lang === PSEUDO ? 'en' : lang
  })
  await i18next
    .use(backend)
    .init({
      lng: startLanguage(window.location.search, localStorage.getItem(KEY), navigator.languages),
      fallbackLng: false,
      load: 'currentOnly',
      ns: ['app'],
      defaultNS: 'app',
      interpolation: { escapeValue: false },
      returnNull: false,
    })
}

export { i18next as i18n }
