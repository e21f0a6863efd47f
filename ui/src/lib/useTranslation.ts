import type { TFunction } from 'i18next'
import { use, useSyncExternalStore } from 'react'
import { i18n } from './i18n'

interface Texts<Namespace extends string> {
  t: TFunction<Namespace>
  i18n: typeof i18n
}

// One for each language and namespace, for all components: an inbox asks for its texts some hundred times at each step.
const texts = new Map<string, Promise<Texts<string>>>()
/** When texts that could not be fetched are asked for again by the next one who needs them. Milliseconds. */
const AGAIN = 10_000

const subscribe = (changed: () => void) => {
  i18n.on('languageChanged', changed)
  return () => i18n.off('languageChanged', changed)
}
const language = () => i18n.language

/** The texts of a namespace, in the language of the screen; the component waits for them (Suspense). Others of `more` are asked for by `t('other:key')`. */
export function useTranslation<Namespace extends string = 'app'>(namespace = 'app' as Namespace, ...more: string[]): Texts<Namespace> {
  const lang = useSyncExternalStore(subscribe, language)
  const key = [lang, namespace, ...more].join(' ')
  let asked = texts.get(key)
  if (!asked) texts.set(key, (asked = ask(key, lang, [namespace, ...more])))
  // also where they are there already: who has waited for them must ask again when it goes on, or React miscounts its hooks
  return use(asked)
}

function ask(key: string, lang: string, wanted: string[]): Promise<Texts<string>> {
  const made = (): Texts<string> => ({ t: plainFirst(i18n.getFixedT(lang, wanted[0])), i18n })
  const there = (): boolean => wanted.every((one) => i18n.getResourceBundle(lang, one) !== undefined)
  if (there()) {
    const value = made()
    return Object.assign(Promise.resolve(value), { status: 'fulfilled' as const, value })
  }
  return i18n.loadNamespaces(wanted).then(() => {
    if (!there()) setTimeout(() => texts.delete(key), AGAIN)
    return made()
  })
}

/** `t` that looks up a text without anything to fill in only once. */
function plainFirst(t: TFunction<string>): TFunction<string> {
  const plain = new Map<unknown, unknown>()
  const look = (key: unknown, ...rest: unknown[]): unknown => {
    if (rest.length > 0) return t(key as string, ...(rest as []))
    if (!plain.has(key)) plain.set(key, t(key as string))
    return plain.get(key)
  }
  return look as unknown as TFunction<string>
}
