// What a person chooses for themselves changes what the product does: what they are told on the page, by e-mail and by
// the browser, where they begin, and how lists, details and exports look, in every browser. In the real browser against
// the real binary.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desk } from './desk.mjs'
import { browser, owner, recado, team } from './front.mjs'
import { bareTexts, faults, open, ready, scheme, shot, signIn } from './harness.mjs'

/** Stands for the notices of the system: keeps their titles in window.shown. The page is never looked at. */
const NOTICES = () => {
  window.shown = []
  window.Notification = class {
    static permission = 'granted'
    static requestPermission = async () => 'granted'
    constructor(title) {
      window.shown.push(title)
    }
    addEventListener() {}
    close() {}
  }
}

test('preferences', async (t) => {
  const page = await open(browser, recado.url, { viewport: { width: 1280, height: 900 } })
  await signIn(page, owner)
  const base = `/c/${owner.company.id}`
  const profile = async (page) => {
    await page.goto(`${base}/settings/profile`)
    await page.getByRole('table', { name: 'What I am told' }).waitFor()
    await ready(page, 'h1')
  }
  const stored = () => team.call('GET', `/api/recado/me/preferences?company=${owner.company.id}`)
  const cell = (name) => page.getByRole('checkbox', { name })
  /** Switches something with the keyboard and waits until the server has it. */
  const switched = async (control, want, look) => {
    await control.focus()
    await control.press('Space')
    await team.until(async () => look(await stored()) === want)
  }
  const ana = await team.colleague('Ana Lima', 'manager')
  const hers = await desk(recado.url, { ...owner, token: ana.token })
  const me = await team.first('members', `user = '${owner.record.id}'`)
  const agent = await team.first('members', `user = '${ana.record.id}'`)

  await t.test('the screen is for everybody', async () => {
    await profile(page)
    assert.deepEqual(await faults(page), [])
    await shot(page, 'preferences')
    await page.setViewportSize({ width: 390, height: 844 })
    await scheme(page, 'dark')
    assert.deepEqual(await faults(page), [])
    const [table, box] = await page.getByRole('table').evaluate((table) => [table.getBoundingClientRect().right, window.innerWidth])
    assert.ok(table <= box, `the table ends at ${table}`)
    await page.getByRole('table').scrollIntoViewIfNeeded()
    await shot(page, 'preferences-phone-dark')
    await page.setViewportSize({ width: 1280, height: 900 })
    await scheme(page, 'light')
  })

  await t.test('each switch is saved by itself, with the keyboard', async () => {
    await switched(cell('A message in a conversation of mine: E-mail'), true, (all) => all.notifications.messages.email)
    const all = await stored()
    assert.equal(all.notifications.assigned.email, false)
    assert.equal(await cell('What the day brings: Browser').count(), 0)
    await switched(page.getByRole('switch', { name: 'Notes in exports' }), false, (all) => all.app.export_notes)
    assert.equal((await stored()).notifications.messages.email, true)
  })

  await t.test('on the page', async () => {
    const visitor = await team.visitor('Rui Alves')
    await visitor.say('oi')
    const talk = await team.until(() => team.first('conversations', ''))
    const give = async (to) => {
      await hers.patch('conversations', talk.id, { assignee: to })
    }
    await team.patch('conversations', talk.id, { assignee: agent.id })
    await give(me.id)
    await page.getByText('Rui Alves is yours now').waitFor()
    await page.reload()
    await profile(page)
    await switched(cell('A conversation is given to me: On the page'), false, (all) => all.notifications.assigned.app)
    await team.patch('conversations', talk.id, { assignee: agent.id })
    await give(me.id)
    // a call comes after it, and is said
    await hers.create('messages', { conversation: talk.id, kind: 'note', text: 'look', mentions: [me.id] })
    await page.getByText('A colleague mentions you: Rui Alves').waitFor()
    assert.equal(await page.getByText('Rui Alves is yours now').count(), 0)
  })

  await t.test('by the browser', async () => {
    const away = await open(browser, recado.url)
    await signIn(away, owner)
    await away.addInitScript(NOTICES)
    await away.addInitScript(() => (document.hasFocus = () => false))
    await profile(away)
    await switched(away.getByRole('switch', { name: 'Notifications of the system' }), true, (all) => all.notifications.browser_push)
    const shown = (name) => away.waitForFunction((name) => window.shown.includes(name), name)
    await (await team.visitor('Bia Nunes')).say('oi')
    await shown('Bia Nunes')
    await switched(away.getByRole('checkbox', { name: 'Somebody new writes: Browser' }), false, (all) => all.notifications.new_leads.browser)
    const caio = await team.visitor('Caio Melo')
    await caio.say('oi')
    await team.until(() => team.first('conversations', `contact.name = 'Caio Melo'`))
    // he is known by his second message
    await caio.say('ainda estou aqui')
    await shown('Caio Melo')
    assert.equal(await away.evaluate(() => window.shown.filter((name) => name === 'Caio Melo').length), 1)
    assert.deepEqual(away.errors, [])
    await away.context().close()
  })

  await t.test('how I work goes with me', async () => {
    await profile(page)
    await page.getByLabel('Page after signing in').selectOption('contacts')
    await page.getByLabel('Rows a list loads at once').selectOption('10')
    await page.getByLabel('Exports as').selectOption('xlsx')
    await switched(page.getByRole('switch', { name: 'Compact lists' }), true, (all) => all.app.compact_mode)
    await switched(page.getByRole('switch', { name: 'Save details when I leave them' }), false, (all) => all.app.auto_save)
    for (let n = 1; n <= 12; n++) await team.create('contacts', { name: `Contact ${n}` })

    const other = await open(browser, recado.url, { viewport: { width: 1280, height: 900 } })
    await signIn(other, owner)
    const asked = other.waitForRequest((request) => request.url().includes('/contacts/records') && request.url().includes('perPage=10&'))
    await other.goto('/')
    await other.waitForURL(/\/contacts$/)
    await asked
    const row = other.getByRole('row').filter({ hasText: 'Contact 12' })
    await row.waitFor()
    assert.equal((await row.boundingBox()).height, 36)
    await shot(other, 'contacts-compact')
    assert.deepEqual(await faults(other), [])
    await other.getByRole('button', { name: 'Import and export' }).click()
    assert.match(await other.getByRole('menuitem').filter({ hasText: /CSV|Excel/ }).first().textContent(), /Excel/)
    await other.keyboard.press('Escape')

    await row.getByRole('link').click()
    const field = other.getByRole('textbox', { name: 'Category' })
    await other.getByRole('button', { name: /^Category/ }).click()
    await field.fill('VIP')
    await field.press('Tab')
    assert.equal((await team.first('contacts', `name = 'Contact 12'`)).category, '')
    assert.equal(await field.inputValue(), 'VIP')
    await other.getByRole('button', { name: 'Save', exact: true }).click()
    await other.getByRole('button', { name: /^Category/ }).filter({ hasText: 'VIP' }).waitFor()
    await team.until(async () => (await team.first('contacts', `name = 'Contact 12'`)).category === 'VIP')

    await other.goto(`${base}/inbox`)
    const talk = other.getByRole('list', { name: 'Conversations' }).getByRole('listitem').first()
    await talk.waitFor()
    assert.equal((await talk.boundingBox()).height, 52)
    await ready(other)
    await shot(other, 'inbox-compact')
    assert.deepEqual(await faults(other), [])
    assert.deepEqual(other.errors, [])
    await other.context().close()
  })

  await t.test('every word is translated', async () => {
    await page.goto(`${base}/settings/profile?lang=qps`)
    await page.getByRole('table').waitFor()
    await ready(page)
    assert.deepEqual(await bareTexts(page, ['Recado', 'Maria Souza', 'maria@bela.test', 'Clínica Bela', 'CSV', 'Excel', 'America/Sao_Paulo', 'English', 'Português', 'Español']), [])
    assert.deepEqual(page.errors, [])
  })
})
