// Every screen as people find it: readable and operable by WCAG A/AA in light and dark, not wider than a phone, no
// errors in the console, no text left untranslated. The wizard, sign-in and the settings that need no agenda are
// gone through in entrance.test.mjs, the chat on a foreign page in widget.test.mjs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { emptyClinic, fill } from './clinic.mjs'
import { bareTexts, faults, launch, open, ready, scheme, shot, signIn, startRecado } from './harness.mjs'

const PHONE = { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true }
const LIGHT = [{ value: 'light' }]
const BOTH = [...LIGHT, { value: 'dark', only: ['color-contrast'] }]

let browser
let recado
let made
let clinic
before(async () => {
  browser = await launch()
  recado = await startRecado()
})
after(async () => {
  await browser?.close()
  await recado?.stop()
})

/** Opens a screen, waits for its content, and looks at it: at all of it in light, at the colours again in dark. */
async function look(page, { name, path, content, act }, suffix = '', schemes = BOTH) {
  await page.goto(path)
  await ready(page, content)
  await act?.(page)
  for (const { value, only } of schemes) {
    await scheme(page, value)
    await shot(page, `screen-${name}${suffix}-${value}`)
    assert.deepEqual(await faults(page, only), [], `${name}${suffix} ${value}`)
  }
  assert.deepEqual(page.errors, [], name)
}

async function member(options) {
  const page = await open(browser, recado.url, options)
  await signIn(page, made)
  return page
}

const at = (path) => `/c/${made.company.id}/${path}`

/** A day with appointments, and the two agendas they are in: those of the demo data would stand between them. */
const theDay = () => `${clinic.day}&agendas=${encodeURIComponent(JSON.stringify(clinic.agendas.map((agenda) => agenda.id)))}`

/** The screens of a front desk at work. */
function screens() {
  const { conversation, agendas, services } = clinic
  const day = theDay()
  return [
    { name: 'inbox', path: at('inbox'), content: '[role=listitem] a' },
    { name: 'inbox-search', path: at('inbox?q=emma'), content: 'section a' },
    { name: 'conversation', path: at(`inbox/${conversation.id}`), content: 'article' },
    {
      name: 'contact',
      path: at(`inbox/${conversation.id}`),
      content: 'article',
      async act(page) {
        // beside the conversation, or over it where there is no room
        if (page.viewportSize().width < 1200) await page.locator('header button[aria-expanded]').first().click()
        await page.locator('h3').first().waitFor()
      },
    },
    { name: 'calendar-week', path: at(`calendar?date=${day}&view=week`), content: '[data-event]' },
    { name: 'calendar-day', path: at(`calendar?date=${day}&view=day`), content: '[data-event]' },
    { name: 'calendar-month', path: at(`calendar?date=${day}&view=month`), content: '[data-month-day]' },
    { name: 'calendar-list', path: at(`calendar?date=${day}&view=list`), content: 'main li, main tr' },
    { name: 'reports', path: at('reports'), content: 'main svg rect' },
    { name: 'reports-agenda', path: at('reports?tab=agenda'), content: 'main svg rect' },
    { name: 'agendas', path: at('settings/agendas'), content: `main a[href*="${agendas[0].id}"]` },
    { name: 'agenda', path: at(`settings/agendas/${agendas[1].id}`), content: 'main input' },
    { name: 'services', path: at('settings/services'), content: `main a[href*="${services[0].id}"]` },
    { name: 'booking-settings', path: at('settings/booking'), content: 'main textarea' },
    { name: 'service', path: at(`settings/services/${services[1].id}`), content: 'main input' },
    { name: 'reach', path: at('calendar/reach'), content: 'main li, main h3' },
    { name: 'import', path: at('contacts/import'), content: 'main h2, main button' },
    { name: 'mails', path: at('settings/mails'), content: 'main li' },
    { name: 'system', path: at('settings/system'), content: 'main section' },
    { name: 'queues', path: at('settings/queues'), content: 'main li' },
    {
      name: 'queue',
      path: at('settings/queues'),
      content: 'main li button',
      act: (page) => page.locator('main li button').first().click().then(() => page.locator('[role=dialog] form').waitFor()),
    },
    {
      name: 'member-work',
      path: at('settings/members'),
      content: 'main li',
      async act(page) {
        await page.locator('main li [aria-haspopup=menu]').first().click()
        await page.getByRole('menuitem').first().click()
        await page.locator('[role=dialog] form').waitFor()
      },
    },
  ]
}

/** What is open over the calendar. */
function dialogs() {
  const day = theDay()
  const week = { path: at(`calendar?date=${day}`), content: '[data-event]' }
  return [
    { ...week, name: 'appointment', act: (page) => page.locator('[data-kind=appointment]').last().click().then(() => page.locator('[role=group] button').first().waitFor()) },
    { ...week, name: 'new-appointment', act: (page) => page.getByRole('button', { name: 'New', exact: true }).click().then(() => page.getByRole('dialog').getByRole('combobox').or(page.getByRole('dialog').getByRole('textbox')).first().waitFor()) },
  ]
}

test('the way in has no bare text and fits a phone', async () => {
  const page = await open(browser, recado.url, PHONE)
  await page.goto('/setup?lang=qps')
  const [name, email] = ['Maria Souza', 'maria@bela.test']
  const steps = [
    async () => {
      await page.locator('input[name=name]').fill(name)
      await page.locator('input[type=email]').fill(email)
      await page.locator('input[name=password]').fill('front-desk-1')
    },
    () => page.locator('input[name=company]').fill('Bela'),
    () => page.locator('input[required]').first().fill('Check-up'),
    () => page.getByRole('radio').first().waitFor({ state: 'attached' }),
  ]
  for (const [index, answer] of steps.entries()) {
    await answer()
    await ready(page)
    assert.deepEqual(await bareTexts(page, [name, 'Check-up', 'Recado', 'Bela', 'BRL', 'America', 'Português', 'English', 'Español']), [], `step ${index + 1}`)
    assert.deepEqual(await faults(page), [], `step ${index + 1}`)
    if (index < steps.length - 1) await page.locator('button[type=submit]').click()
  }
  assert.deepEqual(page.errors, [])
  await page.context().close()
})

test('an empty front desk', async () => {
  made = await emptyClinic(recado)
  const page = await member()
  await look(page, { name: 'inbox-empty', path: at('inbox'), content: 'text=No open conversations' })
  await look(page, { name: 'calendar-empty', path: at('calendar'), content: '[data-column]' })
  await page.setViewportSize(PHONE.viewport)
  await look(page, { name: 'inbox-empty', path: at('inbox'), content: 'text=No open conversations' }, '-390')
  await page.context().close()
})

test('a front desk at work', async () => {
  clinic = await fill(recado, made)
  const page = await member()
  for (const screen of [...screens(), ...dialogs()]) await look(page, screen)
  await page.context().close()
})

test('the same on a phone', async () => {
  const page = await member(PHONE)
  for (const screen of [...screens(), ...dialogs()]) await look(page, screen, '-390', LIGHT)
  await page.context().close()
})

test('no text is left untranslated', async () => {
  const { team } = clinic
  // what people wrote and how they called things is theirs
  const rows = await Promise.all(['companies', 'members', 'contacts', 'contact_fields', 'tags', 'conversations', 'messages', 'agendas', 'services', 'queues', 'channels', 'occupancies', 'appointments', 'mails'].map((collection) => team.list(collection)))
  const theirs = new Set(['America/Sao_Paulo']) // the browser's zone, beside the company's
  const collect = (value) => {
    if (typeof value === 'string' && value.length > 2) theirs.add(value)
    else if (value && typeof value === 'object') Object.values(value).forEach(collect)
  }
  collect(rows)
  const page = await member()
  for (const screen of [...screens(), ...dialogs().slice(0, 1)]) {
    await page.goto(screen.path + (screen.path.includes('?') ? '&' : '?') + 'lang=qps')
    await ready(page, screen.content)
    await screen.act?.(page)
    assert.deepEqual(await bareTexts(page, [...theirs]), [], screen.name)
  }
  await page.context().close()
})

test('sign-in and invite have no bare text', async () => {
  const link = await clinic.team.call('POST', `/api/recado/members/invite?company=${made.company.id}`, { role: (await clinic.team.first('roles', `key = 'agent'`)).id })
  const page = await open(browser, recado.url, PHONE)
  for (const [path, content] of [
    ['/login', 'input[name=email]'],
    [new URL(link.url).pathname, 'input[name=name]'],
  ]) {
    await page.goto(`${path}?lang=qps`)
    await ready(page, content)
    assert.deepEqual(await bareTexts(page, ['Recado', 'Bela Clinic', 'Português', 'English', 'Español']), [], path)
    assert.deepEqual(await faults(page), [], path)
  }
  await page.context().close()
})
