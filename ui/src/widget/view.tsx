/** @jsxRuntime classic */
/** @jsx h */
/**
 * Launcher and panel. One closure draws all of it from the client's state: small
 * enough to need neither hooks nor components with a life of their own.
 */
import { h, render } from 'preact'
import type { Client } from './client'
import { palette } from './color'
import { dayName, fileSize, splitLinks, time } from './format'
import { Chat, Check, Checks, Clip, Clock, Close, Down, Page, Send } from './icons'
import { ACCEPT, hopeless, lines, TEXT_LIMIT, unfit, type Line } from './lines'
import { lastAnswer, offered, unread } from './store'
import { fill, languages } from './texts'
import type { Attachment, Config, Option } from './types'

const phone = () => matchMedia('(max-width: 480px), (max-height: 440px)').matches

/** Draws into root until signal aborts. */
export function mount(root: ShadowRoot, client: Client, config: Config, locale: string, signal: AbortSignal) {
  const t = languages[locale]
  const colors = palette(config.color)
  const title = config.title || config.company

  let text = ''
  let pinned = true // at the end of the transcript, and to stay there
  let live = false // the history is drawn: what is added now is news
  let wasOpen = client.state().open
  let transcript: h.JSX.Element
  const blobs = new Map<string, string>()
  const el = <E extends HTMLElement>(selector: string) => root.querySelector<E>(selector)!

  const asked = config.consent
  let agreed = !asked?.accept
  if (agreed) client.agree(asked?.id)
  /** The first message waits for the visitor's consent. */
  const first = () => asked?.accept && !client.state().messages.length
  const waits = () => !agreed && first()

  // ---- acts

  const send = () => {
    if (waits() || !text.trim() || [...text].length > TEXT_LIMIT) return
    pinned = true
    client.send(text.trim())
    write('')
    el('textarea').focus()
  }

  /** The buttons go with the choice: the focus they had goes on. */
  const choose = (o: Option) => {
    pinned = true
    client.choose(o.label, o.id)
    rest()
  }

  /** On a phone the field would raise the keyboard over the answers: the panel takes the focus. */
  const rest = () => el(phone() ? '.panel' : 'textarea').focus({ preventScroll: true })

  const write = (value: string) => {
    text = value
    draw(true)
    const field = el('textarea')
    field.style.height = ''
    if (text) field.style.height = field.scrollHeight + 'px'
  }

  const attach = (files: FileList) => {
    if (waits()) return
    pinned = true
    for (const file of files) {
      const error = unfit(file, config)
      if (error) client.reject(file, error)
      else client.attach(file)
    }
  }

  const down = () => {
    const log = el('.log')
    log.scrollTop = log.scrollHeight
  }

  const keys = (e: KeyboardEvent) => {
    if (e.key === 'Escape') {
      e.stopPropagation()
      client.open(false)
    } else if (e.key === 'Tab' && phone()) {
      // The panel covers the page: Tab must not wander behind it.
      const stops = [...root.querySelectorAll<HTMLElement>('.panel :is(button:enabled, a[href], textarea, [tabindex="0"])')]
      if (e.shiftKey) stops.reverse()
      const from = root.activeElement
      if (from === stops[stops.length - 1] || from === el('.panel')) {
        e.preventDefault()
        stops[0].focus()
      }
    }
  }

  /** The token opens files, so a plain link can't: they become blob URLs. */
  const blob = (key: string, load: () => Promise<Blob>) => {
    if (!blobs.has(key)) {
      blobs.set(key, '')
      load().then(
        (b) => {
          blobs.set(key, URL.createObjectURL(b))
          draw()
        },
        () => blobs.delete(key),
      )
    }
    return blobs.get(key)
  }

  const save = async (a: Attachment) => {
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await client.file(a.id))
    link.download = a.name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }

  // ---- parts

  const button = (label: string, Icon: () => h.JSX.Element, onClick: () => void, more = '', disabled = false) => (
    <button class={'icon ' + more} aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      <Icon />
    </button>
  )

  const file = (name: string, size: number) => [
    <Page />,
    <span>
      <b dir="auto">{name}</b>
      <small>{fileSize(size, locale)}</small>
    </span>,
  ]

  const picture = (url: string | undefined, name: string, width = 4, height = 3) => (
    <a
      class="picture" href={url || undefined} target="_blank" rel="noopener" aria-label={`${t.image}: ${name}`}
      style={{ width: Math.min(260, Math.max(96, (300 * width) / height)) + 'px', aspectRatio: `${width} / ${height}` }}
    >
      {url && <img src={url} alt="" />}
    </a>
  )

  const attached = (a: Attachment) =>
    a.mime.startsWith('image/') ? (
      picture(blob(a.id, () => client.file(a.id)), a.name, a.width || 4, a.height || 3)
    ) : (
      <button class="file" onClick={() => save(a).catch(() => {})}>{file(a.name, a.size)}</button>
    )

  const onItsWay = (f: File, key: string) =>
    f.type.startsWith('image/') && !unfit(f, config) ? (
      picture(blob(key, async () => f), f.name)
    ) : (
      <div class="file">{file(f.name, f.size)}</div>
    )

  const bubble = (words: string, quote?: string) => (
    <div class="bubble">
      {quote && <q dir="auto">{quote}</q>}
      <div dir="auto">
        {splitLinks(words).map((part, i) =>
          i % 2 ? <a href={part} target="_blank" rel="noopener noreferrer nofollow">{part}</a> : part,
        )}
      </div>
    </div>
  )

  const foot = (line: Line) => {
    const error = line.pending?.error
    if (error) {
      const why = hopeless(error, t, config)
      return (
        <div class="trouble">
          <span>{t.failed} {why}</span>
          {why === undefined && <button onClick={() => client.retry(line.key)}>{t.retry}</button>}
          <button onClick={() => client.discard(line.key)}>{t.discard}</button>
        </div>
      )
    }
    const { tick } = line
    const Icon = tick && { sending: Clock, sent: Check, read: Checks }[tick]
    return line.last && (
      <div class="meta" aria-live="off">
        {time(line.at, locale)}
        {Icon && <span class={tick}><Icon /><span class="sr">{t[tick]}</span></span>}
      </div>
    )
  }

  const day = (line: Line | undefined) =>
    line?.day && <div class="day" key={'day' + line.key} aria-live="off">{dayName(line.at, Date.now(), locale)}</div>

  const message = (line: Line, i: number) => [
    i > 0 && day(line),
    <div
      key={line.key} aria-live={line.own ? 'off' : undefined}
      class={'message' + (line.own ? ' own' : '') + (line.first ? ' first' : '') + (line.last ? ' last' : '')}
    >
      {line.first && (line.own ? <span class="sr">{t.you}</span> : line.author && <div class="author" dir="auto">{line.author}</div>)}
      {line.pending?.file && onItsWay(line.pending.file, line.key)}
      {line.attachments.map(attached)}
      {line.text && bubble(line.text, line.quote)}
      {foot(line)}
    </div>,
  ]

  const log = () => {
    const state = client.state()
    const options = offered(state)
    const list = lines(state, t)
    return (
      <div
        class="log" tabIndex={0} role="log" aria-label={t.messages} aria-relevant="additions" aria-live={live ? 'polite' : 'off'}
        onScroll={(e) => {
          const { scrollHeight, scrollTop, clientHeight } = e.currentTarget
          const end = scrollHeight - scrollTop - clientHeight < 48
          if (end !== pinned) {
            pinned = end
            draw(true)
          }
        }}
      >
        {day(list[0])}
        <div class="message first last" aria-live="off">{bubble(config.greeting || t.hello)}</div>
        {list.map(message)}
        {options.length > 0 && (
          <div class="options" role="group" aria-label={t.replies} aria-live="off">
            {options.map((o) => (
              <button key={o.id} dir="auto" onClick={() => choose(o)}>{o.label}</button>
            ))}
          </div>
        )}
        {state.typing && <div class="dots" aria-live="off" title={t.typing}><i /><i /><i /></div>}
      </div>
    )
  }

  const composer = () => {
    const length = [...text].length
    const over = length > TEXT_LIMIT
    return (
      <footer>
        <div class="composer">
          {button(t.attach, Clip, () => el('input').click(), '', waits())}
          <input
            type="file" hidden multiple accept={ACCEPT}
            onChange={(e) => {
              attach(e.currentTarget.files!)
              e.currentTarget.value = ''
            }}
          />
          <textarea
            rows={1} dir="auto" value={text} placeholder={t.write} aria-label={t.write}
            aria-invalid={over} aria-describedby="limit" enterkeyhint="send"
            onInput={(e) => {
              write(e.currentTarget.value)
              client.typing(!!text)
            }}
            onBlur={() => client.typing(false)}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && !e.shiftKey && !e.isComposing) {
                e.preventDefault()
                send()
              }
            }}
            onPaste={(e) => {
              const { files } = e.clipboardData!
              if (files.length) {
                e.preventDefault()
                attach(files)
              }
            }}
          />
          {button(t.send, Send, send, 'send', over || waits() || !text.trim())}
        </div>
        {first() && (
          <label class="below">
            <input
              type="checkbox" checked={agreed}
              onChange={(e) => {
                agreed = e.currentTarget.checked
                client.agree(agreed ? asked!.id : undefined)
                draw(true)
              }}
            />
            <span dir="auto">{asked!.text}</span>
          </label>
        )}
        <div class="below">
          {asked && !asked.accept && <span dir="auto">{asked.text}</span>}
          <span id="limit" class={over ? 'danger' : ''} role="status">
            {over ? fill(t.tooLong, TEXT_LIMIT) : length > 3600 ? `${length} / ${TEXT_LIMIT}` : ''}
          </span>
          {config.privacyUrl && <a href={config.privacyUrl} target="_blank" rel="noopener noreferrer">{t.privacy}</a>}
        </div>
      </footer>
    )
  }

  // ---- the whole

  /** keep: the transcript has not changed (same vnode, no diff), e.g. on a key stroke. */
  function draw(keep = false) {
    if (signal.aborted) return
    const state = client.state()
    const { open } = state
    const news = unread(state)
    const answer = lastAnswer(state)
    if (!keep) transcript = log()
    render(
      <div class="root" lang={locale}>
        <section
          class="panel" hidden={!open} tabIndex={-1} role="dialog" aria-label={title} aria-modal={open && phone()} onKeyDown={keys}
        >
          <header>
            <div>
              <h2 dir="auto">{title}</h2>
              {config.company !== title && <p dir="auto">{config.company}</p>}
            </div>
            {button(t.close, Close, () => client.open(false))}
          </header>
          {!state.online && <div class="note" role="status">{t.waiting}</div>}
          <div class="middle">
            {transcript}
            {!pinned && button(t.latest, Down, down, 'latest')}
          </div>
          {composer()}
        </section>
        <button
          class="launcher" aria-expanded={open} onClick={() => client.open(!open)}
          aria-label={open ? t.close : news ? `${t.open}, ${fill(t.unread, news)}` : t.open}
        >
          {open ? <Down /> : <Chat />}
          {!open && config.launcher && <span dir="auto">{config.launcher}</span>}
          {!open && news > 0 && <span class="badge" aria-hidden="true">{news > 9 ? '9+' : news}</span>}
        </button>
        <div class="sr" role="status">
          {!open && news > 0 && `${t.new}: ${state.messages.find((m) => m.id === answer)!.text || t.image}`}
        </div>
      </div>,
      root,
    )
    if (!keep && pinned) down()
    look()
    if (open !== wasOpen) {
      wasOpen = open
      if (open) rest()
      else el('.launcher').focus()
    }
    if (state.ready && !live) {
      setTimeout(() => {
        if (!live) {
          live = true
          draw()
        }
      }, 300)
    }
  }

  /** Open, visible and at the end: the answers have been seen. */
  const look = () => {
    if (client.state().open && pinned && document.visibilityState === 'visible') client.seen()
  }

  const view = window.visualViewport
  const fit = () => {
    // On a phone the panel fills what the keyboard leaves.
    const { style } = el('.panel')
    style.setProperty('--height', view!.height + 'px')
    style.setProperty('--top', view!.offsetTop + 'px')
    if (pinned) down()
  }

  draw()
  // By property, not by a style attribute: this is all a strict page allows.
  for (const [name, value] of Object.entries(colors)) el('.root').style.setProperty('--' + name, value)
  client.subscribe(() => draw())
  document.addEventListener('visibilitychange', look, { signal })
  view?.addEventListener('resize', fit, { signal })
  view?.addEventListener('scroll', fit, { signal })
  signal.addEventListener('abort', () => {
    blobs.forEach((url) => URL.revokeObjectURL(url))
    render(null, root)
  })
}
