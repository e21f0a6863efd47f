// Contacts, tags and the board, in the real browser against the real binary.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser
let recado
let company
let team
before(async () => {
  browser = await launch()
  recado = await startRecado()
  company = await setUp(recado.url)
  team = await desk(recado.url, company)
})
after(async () => {
  await browser?.close()
  await recado?.stop()
})

async function screen(path, options) {
  const page = await open(browser, recado.url, options)
  await signIn(page, company)
  await page.goto(`/c/${company.company.id}/${path}`)
  return page
}

async function inspect(page, name) {
  await ready(page)
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await shot(page, `${name}-${value}`)
    assert.deepEqual(await faults(page), [], `${name} ${value}`)
  }
  assert.deepEqual(page.errors, [], name)
}

const row = (page, name) => page.getByRole('row').filter({ hasText: name })

test('an empty list says what to do, and takes someone down', async () => {
  const page = await screen('contacts')
  await page.getByText('No contacts yet').waitFor()
  await inspect(page, 'contacts-empty')

  await page.keyboard.press('n')
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Joana Lácio')
  await dialog.getByLabel('Phone').fill('11 98765-4321')
  await dialog.getByRole('combobox', { name: 'Tags' }).fill('VIP')
  await dialog.getByRole('option', { name: 'Create “VIP”' }).click()
  await dialog.getByRole('button', { name: 'Remove the tag VIP' }).waitFor()
  await inspect(page, 'contacts-new')
  await dialog.getByRole('button', { name: 'Add contact' }).click()
  const panel = page.getByRole('complementary', { name: 'Contact' })
  await panel.getByText('+55 11 98765-4321').waitFor()
  await row(page, 'Joana Lácio').getByText('VIP').waitFor()

  // the same phone is asked back about
  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await dialog.getByLabel('Phone').fill('(11) 98765 4321')
  await dialog.getByRole('button', { name: 'Add contact' }).click()
  await dialog.getByRole('button', { name: 'Open that contact' }).click()
  await panel.getByText('Joana Lácio').first().waitFor()

  // a family may share one, however it is written
  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await dialog.getByLabel('Name').fill('Her Daughter')
  await dialog.getByLabel('Phone').fill('11 8765-4321')
  await dialog.getByRole('button', { name: 'Add contact' }).click()
  await dialog.getByRole('button', { name: 'Add all the same' }).waitFor()
  page.errors = page.errors.filter((error) => !error.includes('409')) // the refusal is an answer like any other
  await inspect(page, 'contacts-twice')
  await dialog.getByRole('button', { name: 'Add all the same' }).click()
  await row(page, 'Her Daughter').waitFor()
  await page.context().close()
})

test('is searched without accents and by part of a phone, narrowed and ordered', async () => {
  for (const [name, more] of [['Zoë Quill', { lifecycle: 'customer' }], ['Álvaro Nuñez', { phone: '+5521912345678' }], ['Bruna Dias', { email: 'bruna@exemplo.com.br' }]]) await team.create('contacts', { name, ...more })
  const page = await screen('contacts')
  const search = page.getByRole('searchbox', { name: 'Search contacts' })
  for (const [words, name] of [['zoe', 'Zoë Quill'], ['1234-5678', 'Álvaro Nuñez'], ['exemplo.com', 'Bruna Dias'], ['alvaro nun', 'Álvaro Nuñez']]) {
    await search.fill(words)
    await page.waitForFunction((name) => document.querySelectorAll('[role=row] a').length === 1 && document.querySelector('[role=row] a').textContent.includes(name), name)
  }
  await search.fill('nobody like this')
  await page.getByText('No contact matches').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()

  await page.getByLabel('Order').selectOption('name')
  await page.waitForFunction(() => document.querySelector('[role=row] a')?.textContent.includes('Álvaro'))
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByLabel('Type').selectOption('customer')
  await page.waitForFunction(() => document.querySelectorAll('[role=row] a').length === 1)
  await inspect(page, 'contacts-filtered')
  assert.match(page.url(), /lifecycle=customer/)
  await page.context().close()
})

test('a contact is edited where it stands, with fields of the company, and tells what happened', async () => {
  await team.create('contact_fields', { label: 'Insurance', type: 'choice', choices: ['Gold', 'Silver'], position: 1 })
  await team.create('contact_fields', { label: 'Children', type: 'number', position: 2 })
  const contact = await team.create('contacts', { name: 'Tina Turn' })
  const page = await screen(`contacts/${contact.id}`)
  const panel = page.getByRole('complementary', { name: 'Contact' })
  await panel.getByLabel('Insurance').selectOption('Silver')
  await panel.getByRole('button', { name: /^Children/ }).click()
  await page.keyboard.type('2')
  await page.keyboard.press('Enter')
  await panel.getByRole('button', { name: /^Status/ }).click()
  await page.keyboard.type('hot')
  await page.keyboard.press('Enter')
  await team.until(async () => (await team.first('contacts', `id = '${contact.id}' && lead_status = 'hot'`))?.custom.children === 2)
  await panel.locator('ins', { hasText: 'hot' }).waitFor()
  await inspect(page, 'contact-details')
  await page.context().close()
})

test('many are changed at once, and changed back', async () => {
  for (let n = 0; n < 120; n++) await team.create('contacts', { name: `Bulk ${String(n).padStart(3, '0')}`, source: 'bulk' })
  const tag = await team.create('tags', { name: 'Many' })
  const page = await screen('contacts?source=bulk&sort=name')
  await row(page, 'Bulk 000').getByRole('checkbox').click()
  await row(page, 'Bulk 004').getByRole('checkbox').click({ modifiers: ['Shift'] })
  await page.getByText('5 selected').waitFor()

  await page.getByRole('checkbox', { name: 'Select the loaded contacts' }).click()
  await page.getByRole('button', { name: 'Select all 120 that match' }).click()
  await inspect(page, 'contacts-selected')
  await page.getByRole('button', { name: 'Tag', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Many', exact: true }).first().click()
  await page.getByText('120 contacts tagged.').waitFor()
  assert.equal((await team.list('contacts', `tags ~ '${tag.id}'`)).length, 120)
  await page.getByRole('button', { name: 'Undo' }).click()
  await team.until(async () => (await team.list('contacts', `tags ~ '${tag.id}'`)).length === 0)

  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('No contact matches').waitFor()
  await page.getByRole('button', { name: 'Bin' }).click()
  await row(page, 'Bulk 000').waitFor()
  await inspect(page, 'contacts-bin')
  await page.context().close()
})

test('deleting someone who is expected asks back', async () => {
  const contact = await team.create('contacts', { name: 'Petra Plan' })
  const agenda = await team.first('agendas', '')
  const service = await team.first('services', '')
  const route = `/api/recado/agendas/${agenda.id}`
  const from = new Date()
  const { slots } = await team.call('GET', `${route}/slots?company=${company.company.id}&service=${service.id}&from=${from.toISOString()}&to=${new Date(from.getTime() + 10 * 86_400_000).toISOString()}`)
  await team.call('POST', `${route}/book?company=${company.company.id}`, { service: service.id, contact: contact.id, start: slots.at(-1).start })
  const page = await screen(`contacts/${contact.id}`)
  const remove = async () => {
    await page.getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByText('1 coming appointment').waitFor()
  }
  await remove()
  // the refusal is an answer like any other, not a fault of the page
  page.errors = page.errors.filter((error) => !error.includes('409'))
  await inspect(page, 'contact-coming')
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click()
  assert.equal((await team.first('contacts', `id = '${contact.id}'`)).deleted, '')
  await remove()
  await page.getByRole('button', { name: 'Delete all the same' }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await team.until(async () => (await team.first('contacts', `id = '${contact.id}'`)).deleted === '')
  await page.context().close()
})

test('two contacts of one person become one, and two again', async () => {
  const kept = await team.create('contacts', { name: 'Vera Lima', phone: '+5511977771111' })
  const twin = await team.create('contacts', { name: 'Vera L.', email: 'vera@exemplo.com.br', notes: 'Prefers mornings' })
  await team.patch('contacts', twin.id, { phone: '+551177771111' }) // the same, as phones were written once
  const far = await team.create('contacts', { name: 'Wanda Elsewhere' })
  const page = await screen(`contacts/${kept.id}`)
  const panel = page.getByRole('complementary', { name: 'Contact' })
  const dialog = page.getByRole('dialog')
  await panel.getByRole('region', { name: 'Perhaps the same person' }).getByText('same phone').waitFor()
  await inspect(page, 'contact-twin')
  await panel.getByRole('button', { name: 'Merge with Vera L.' }).click()
  await dialog.getByRole('region', { name: 'What is added to Vera Lima' }).getByText('vera@exemplo.com.br').waitFor()
  await inspect(page, 'contact-merge')
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  const parts = panel.getByRole('region', { name: 'Also this person' })
  await parts.getByText('Vera L.').waitFor()
  await panel.getByText('vera@exemplo.com.br').first().waitFor()
  assert.equal((await team.first('contacts', `id = '${twin.id}'`)).merged_into, kept.id)
  await inspect(page, 'contact-merged')

  await parts.getByRole('button', { name: 'Take Vera L. apart again' }).click()
  await panel.getByRole('region', { name: 'Perhaps the same person' }).waitFor()
  await team.until(async () => (await team.first('contacts', `id = '${kept.id}'`)).email === '')
  assert.equal((await team.first('contacts', `id = '${twin.id}'`)).deleted, '')

  // someone whom nothing gives away
  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Merge with another contact' }).click()
  await dialog.getByRole('button', { name: /Vera L\./ }).waitFor()
  await inspect(page, 'contact-merge-choose')
  await dialog.getByLabel('Who is the same person as Vera Lima?').fill('wanda')
  await dialog.getByRole('button', { name: /Wanda Elsewhere/ }).click()
  await dialog.getByText('neither messages nor appointments').waitFor()
  await dialog.getByRole('button', { name: 'Merge', exact: true }).click()
  await parts.getByText('Wanda Elsewhere').waitFor()
  await page.goto(`/c/${company.company.id}/contacts/${far.id}?bin=true`)
  await panel.getByText('This contact is part of').waitFor()
  await panel.getByRole('link', { name: 'Vera Lima' }).click()
  await parts.getByText('Wanda Elsewhere').waitFor()
  await page.context().close()
})

test('tags are made, coloured and archived in the settings', async () => {
  const page = await screen('settings/tags')
  await page.getByRole('button', { name: 'New tag' }).click()
  await page.getByLabel('Name').fill('Waiting list')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Waiting list' }).click()
  await inspect(page, 'settings-tags')
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click()
  await page.getByRole('heading', { name: 'Archive' }).waitFor()
  await page.goto(`/c/${company.company.id}/settings/fields`)
  await page.getByText('Insurance').waitFor()
  await inspect(page, 'settings-fields')
  await page.context().close()
})

test('the board moves conversations by keyboard, by mouse and by menu, live', async () => {
  const visit = async (name) => {
    const channel = await team.first('channels', `kind = 'webchat'`)
    const ask = async (path, token, body) => (await fetch(`${recado.url}/api/recado/webchat/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }, body: JSON.stringify(body) })).json()
    const { token } = await ask(`${channel.public_key}/sessions`, '', { locale: 'en', name })
    await ask('messages', token, { clientId: name, text: `Hello from ${name}` })
    return team.until(() => team.first('conversations', `contact.name = '${name}'`))
  }
  const first = await visit('Kim Key')
  await visit('Max Mouse')
  const page = await screen('inbox?board=status')
  const lane = (name) => page.getByRole('region', { name, exact: true })
  const card = (name) => page.getByRole('listitem').filter({ hasText: name })
  await lane('Waiting').getByText('Kim Key').waitFor()
  await inspect(page, 'board-status')

  await card('Kim Key').getByRole('link').focus()
  await page.keyboard.press('Space')
  await page.getByText('Kim Key taken from Waiting.').waitFor({ state: 'attached' })
  await page.keyboard.press('ArrowRight')
  await page.getByText('Over In progress.').waitFor({ state: 'attached' })
  await page.keyboard.press('Space')
  await lane('In progress').getByText('Kim Key').waitFor()
  await team.until(async () => (await team.first('conversations', `id = '${first.id}'`)).status === 'open')

  await card('Max Mouse').dragTo(lane('Closed'))
  await lane('Closed').getByText('Max Mouse').waitFor()

  // what a colleague does shows by itself
  await team.patch('conversations', first.id, { status: 'closed' })
  await lane('Closed').getByText('Kim Key').waitFor()

  await team.patch('conversations', first.id, { status: 'open' })
  const tag = await team.create('tags', { name: 'Urgent', color: '#c92a2a' })
  await page.getByText('Tag', { exact: true }).click()
  await lane('No tag').getByText('Kim Key').waitFor()
  await card('Kim Key').getByRole('button', { name: 'Move Kim Key' }).click()
  await page.getByRole('menuitem', { name: 'Urgent' }).click()
  await lane('Urgent').getByText('Kim Key').waitFor()
  await team.until(async () => (await team.first('conversations', `tags ~ '${tag.id}'`))?.id === first.id)
  await inspect(page, 'board-tag')
  await page.context().close()
})

test('fits a phone, and speaks the language of the screen', async () => {
  const page = await screen('contacts', { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true })
  await page.locator('[role=row] a').first().waitFor()
  await inspect(page, 'contacts-phone')
  await page.locator('[role=row] a').first().click()
  await page.getByRole('button', { name: 'Back to the list' }).waitFor()
  await inspect(page, 'contact-phone')
  await page.goto(`/c/${company.company.id}/inbox?board=status`)
  await page.getByRole('region', { name: 'Waiting', exact: true }).waitFor()
  await inspect(page, 'board-phone')
  await page.context().close()

  const strange = await screen('contacts?lang=qps')
  await strange.locator('[role=row] a').first().waitFor()
  await ready(strange)
  assert.deepEqual(await bareTexts(strange, ['Maria Souza', 'Clínica Bela', 'VIP', 'Many']), [])
  await strange.context().close()
})
