import type { TFunction } from 'i18next'
import { use, useSyncExternalStore } from 'react'
import { i18n } from './i18n'

interface Texts<Namespace extends string> {
  t: TFunction<Namespace>
  i18n: typeof i18n
}

// one for each language and namespace, for all components: an inbox asks for its texts some hundred times at each step
const texts = new Map<string, Texts<string>>()
const loading = new Map<string, Promise<unknown>>()

const subscribe = (changed: () => void) => {
  i18n.on('languageChanged', changed)
  return () => i18n.off('languageChanged', changed)
}
const language = () => i18n.language

/** The texts of a namespace, in the language of the screen; the component waits for them (Suspense). Others of `more` are asked for by `t('other:key')`. */
export function useTranslation<Namespace extends string = 'app'>(namespace = 'app' as Namespace, ...more: string[]): Texts<Namespace> {
  const lang = useSyncExternalStore(subscribe, language)
  const key = [lang, namespace, ...more].join(' ')
  const known = texts.get(key)
  if (known) return known

  const wanted = [namespace, ...more]
  if (!wanted.every((one) => i18n.hasLoadedNamespace(one, { lng: lang }))) {
    let load = loading.get(key)
    if (!load) loading.set(key, (load = i18n.loadNamespaces(wanted)))
    use(load)
  }
  const made = { t: plainFirst(i18n.getFixedT(lang, namespace)), i18n }
  // texts that could not be fetched are asked for again by the next one who needs them
  if (wanted.every((one) => i18n.getResourceBundle(lang, one) !== undefined)) texts.set(key, made)
  else loading.delete(key)
  return made
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
