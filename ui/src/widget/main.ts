/**
 * `<script src="https://HOST/widget.js" data-channel="KEY" async></script>`
 *
 * The script adds one <recado-chat> to the page. The API lives where the script
 * came from. Options as data attributes: locale; and for a preview of settings
 * that are not saved yet: color, title, greeting, open.
 */
import { createClient, type Client } from './client'
import { browserStorage } from './storage'
import css from './styles.css?inline'
import { pickLocale } from './texts'
import type { Config } from './types'
import { mount } from './view'

/** A tab nobody has looked at for a minute gives its connection back. */
const REST = 60_000

class RecadoChat extends HTMLElement {
  client?: Client
  leave?: AbortController

  connectedCallback() {
    this.leave = new AbortController()
    void this.begin(this.shadowRoot ?? this.attachShadow({ mode: 'open' }), this.leave.signal)
  }

  disconnectedCallback() {
    this.leave!.abort()
    this.client?.stop()
  }

  /** For the page's own buttons: document.querySelector('recado-chat').open(true) */
  open(on = true) {
    this.client?.open(on)
  }

  private async begin(root: ShadowRoot, signal: AbortSignal) {
    const { origin = location.origin, channel = '', locale: wished, open, ...preview } = this.dataset
    const saved = await settings(`${origin}/api/recado/webchat/${channel}/config`, signal)
    if (!saved || signal.aborted) return
    const config: Config = { ...saved, ...preview }
    const locale = pickLocale(wished, config.locale, navigator.language)
    const client = (this.client = createClient(
      { origin, channel, locale, page: location.href },
      {
        fetch: window.fetch.bind(window),
        storage: browserStorage(`recado:${origin}:${channel}:`),
        now: Date.now,
        random: Math.random,
      },
    ))
    // A sheet of its own, not a <style>: a strict page allows only this.
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
    client.open(open !== undefined)
    mount(root, client, config, locale, signal)
    client.start()

    let rest: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      clearTimeout(rest)
      if (document.hidden) rest = setTimeout(client.rest, REST)
      else client.wake()
    }
    addEventListener('online', client.wake, { signal })
    document.addEventListener('visibilitychange', look, { signal })
  }
}

/** The channel's settings; waits for the network, gives up on a refusal. */
async function settings(url: string, signal: AbortSignal): Promise<Config | undefined> {
  for (let wait = 2000; !signal.aborted; wait *= 2) {
    try {
      const r = await fetch(url, { credentials: 'omit' })
      const body = await r.json()
      if (r.ok) return body
      if (r.status < 500 && r.status !== 429) return console.warn('Recado chat:', body.message) as undefined
    } catch {
      // No network: try again.
    }
    await new Promise((done) => setTimeout(done, wait))
  }
}

const script =
  (document.currentScript as HTMLScriptElement | null) ??
  document.querySelector<HTMLScriptElement>('script[data-channel][src*="/widget.js"]')

if (!customElements.get('recado-chat')) customElements.define('recado-chat', RecadoChat)

function add() {
  const { channel } = script!.dataset
  if (!channel || document.querySelector(`recado-chat[data-channel="${channel}"]`)) return
  const chat = document.createElement('recado-chat')
  Object.assign(chat.dataset, script!.dataset, { origin: new URL(script!.src).origin })
  document.body.append(chat)
}

if (document.body) add()
else addEventListener('DOMContentLoaded', add)
