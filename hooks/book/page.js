// Everything here only makes the page nicer: it works without. Times get the visitor's own beside them where their
// clock differs, and steps follow each other without the page being loaded anew.
(() => {
  const main = () => document.getElementById('main')
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const language = () => document.documentElement.lang
  let kept = {}

  /** Writes the visitor's own time beside each time that their clock shows differently. */
  function tellOwn() {
    let differs = false
    for (const time of document.querySelectorAll('time[data-wall]')) {
      const at = new Date(time.dateTime)
      const parts = {}
      for (const part of new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(at)) parts[part.type] = part.value
      const [wallDay, wallClock] = time.dataset.wall.split('T')
      const day = `${parts.year}-${parts.month}-${parts.day}`
      if (day === wallDay && `${parts.hour}:${parts.minute}` === wallClock) continue
      differs = true
      const own = new Intl.DateTimeFormat(language(), { timeZone: zone, hour: 'numeric', minute: '2-digit', ...(day !== wallDay && { weekday: 'short' }) }).format(at)
      const note = document.createElement('span')
      note.className = 'yours'
      note.textContent = document.body.dataset.yours.replace('{time}', own)
      time.after(note)
    }
    const line = document.querySelector('[data-zoned]')
    if (differs && line) line.append(' ', document.body.dataset.zone.replace('{zone}', zone.split('/').pop().replaceAll('_', ' ')))
  }

  const fields = () => main().querySelectorAll('form input[id], form textarea, form input[type=radio]')

  /** Remembers what was typed, for as long as the page is open. */
  function keep() {
    for (const field of fields()) {
      if (field.type !== 'radio') kept[field.name] = field.value
      else if (field.checked) kept[field.name] = field.value
    }
  }

  function restore() {
    for (const field of fields()) {
      if (!(field.name in kept)) continue
      if (field.type === 'radio') field.checked = field.value === kept[field.name]
      else if (!field.value) field.value = kept[field.name]
    }
  }

  /** Loads the next step in place. What goes wrong is left to the browser, or said where a form would be lost. */
  async function go(url, options, push) {
    keep()
    main().setAttribute('aria-busy', 'true')
    let next
    try {
      const answer = await fetch(url, options)
      // the colours stay as they are, and a style with another nonce would be refused
      next = new DOMParser().parseFromString((await answer.text()).replace(/<style[^]*?<\/style>/, ''), 'text/html')
      if (!next.getElementById('main')) throw new Error(answer.statusText)
    } catch {
      main().removeAttribute('aria-busy')
      if (!options) return location.assign(url)
      let alert = main().querySelector('.alert')
      if (!alert) {
        alert = Object.assign(document.createElement('p'), { className: 'alert' })
        alert.setAttribute('role', 'alert')
        main().querySelector('form').before(alert)
      }
      alert.textContent = document.body.dataset.failed
      alert.scrollIntoView({ block: 'center' })
      return
    }
    document.title = next.title
    document.querySelector('header').replaceWith(next.querySelector('header'))
    main().replaceWith(next.getElementById('main'))
    if (push) history.pushState(null, '', url)
    if (options) kept = {}
    restore()
    tellOwn()
    // the calendar stays in view when only the day changes
    const day = push && /[?&]day=/.test(url) && document.querySelector('[aria-current=date]')
    const focus = main().querySelector('[aria-invalid]') || day || main().querySelector('h1')
    focus.focus({ preventScroll: Boolean(day) })
    if (!day) scrollTo(0, 0)
  }

  document.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-step]')
    if (!link || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    void go(link.href, undefined, true)
  })
  document.addEventListener('submit', (event) => {
    const form = event.target.closest('form[data-step]')
    if (!form) return
    event.preventDefault()
    if (main().hasAttribute('aria-busy')) return
    void go(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form, event.submitter)) }, false)
  })
  addEventListener('popstate', () => void go(location.href, undefined, false))
  tellOwn()
})()
