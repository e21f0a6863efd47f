// The owner's side of a front desk: people are invited, queues and hours made, tags given, and looked at who cannot be
// reached and which mails were written. In the real browser against the real binary.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, owner, recado, team } from './front.mjs'
import { faults, open, ready, shot, signIn } from './harness.mjs'

test('what an owner looks after', async (t) => {
  const page = await open(browser, recado.url, { viewport: { width: 1600, height: 900 } })
  await signIn(page, owner)
  const base = `/c/${owner.company.id}`
  const dialog = page.getByRole('dialog')
  const go = async (path) => {
    await page.goto(`${base}/${path}`)
    await ready(page, 'h1')
  }
  const field = (name) => dialog.getByRole('combobox', { name }).or(dialog.getByRole('textbox', { name })).first()

  await t.test('a colleague is invited and joins', async () => {
    await go('settings/members')
    await page.getByRole('button', { name: 'Invite' }).first().click()
    await page.getByRole('button', { name: 'Make the link' }).click()
    const link = await dialog.locator('code').innerText()
    await dialog.getByRole('button', { name: 'Done' }).click()

    const colleague = await open(browser, recado.url)
    await colleague.goto(new URL(link).pathname)
    await colleague.getByLabel('Your name').fill('Ana Lima')
    await colleague.getByLabel('E-mail').fill('ana@bela.test')
    await colleague.locator('input[name=password]').fill('front-desk-2')
    await colleague.getByRole('button', { name: /Create .*account/ }).click()
    await colleague.waitForURL('**/inbox')
    await ready(colleague, 'h1')
    await colleague.context().close()
    await page.getByRole('listitem').filter({ hasText: 'Ana Lima' }).first().waitFor()
  })

  await t.test('a queue gets its people and its hours', async () => {
    await go('settings/queues')
    await page.getByRole('button', { name: 'New queue' }).first().click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Financeiro')
    await field('People').click()
    await page.getByRole('option', { name: 'Ana Lima' }).click()
    await dialog.getByRole('switch', { name: 'Same hours as the company' }).press('Space')
    await dialog.getByLabel('Monday, to').fill('12:00')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: /Financeiro/ }).waitFor()
    const queue = await team.first('queues', "name = 'Financeiro'")
    assert.deepEqual(queue.hours.weekly.find(({ weekday }) => weekday === 1), { weekday: 1, start: 540, end: 720 })
    assert.ok((await team.first('members', "name = 'Ana Lima'")).queues.includes(queue.id))
  })

  await t.test('a tag is made, and given to a conversation', async () => {
    await go('settings/tags')
    await page.getByRole('button', { name: 'New tag' }).first().click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('VIP')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'VIP' }).waitFor()

    await (await team.visitor('Elio Prado')).say('Oi')
    await go('inbox')
    await page.getByRole('listitem').filter({ hasText: 'Elio Prado' }).getByRole('link').click()
    await page.getByRole('button', { name: 'Tags of the conversation' }).click()
    await page.getByRole('combobox', { name: 'Tags of the conversation' }).fill('vip')
    await page.keyboard.press('Enter')
    const tag = await team.first('tags', "name = 'VIP'")
    await team.until(async () => (await team.first('conversations', `tags ~ '${tag.id}'`)) !== undefined)
    await page.keyboard.press('Escape')
  })

  await t.test('a program gets a key, and loses it', async () => {
    await go('settings/keys')
    await page.getByRole('button', { name: 'New key' }).first().click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Form on the website')
    await dialog.getByRole('group', { name: 'Contacts' }).getByRole('combobox', { name: 'See' }).selectOption('all')
    await dialog.getByRole('checkbox', { name: 'Add contacts' }).check()
    assert.deepEqual(await faults(page), [])
    await shot(page, 'key-make')
    await dialog.getByRole('button', { name: 'Make the key' }).click()
    const key = await dialog.locator('code').innerText()
    const ask = () => fetch(`${recado.url}/api/collections/contacts/records?company=${owner.company.id}`, { headers: { Authorization: key } })
    assert.equal((await ask()).status, 200)
    await dialog.getByRole('button', { name: 'Done' }).click()
    const row = page.getByRole('listitem').filter({ hasText: 'Form on the website' })
    await row.getByRole('button', { name: 'Revoke' }).click()
    await shot(page, 'keys')
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await row.getByText('Revoked').waitFor()
    assert.equal((await ask()).status, 401)
    assert.deepEqual(await faults(page), [])
  })

  await t.test('the log says who did it', async () => {
    await go('settings/audit')
    const line = page.getByRole('listitem').filter({ hasText: 'an API key' }).first()
    await line.waitFor()
    assert.match(await line.innerText(), new RegExp(`${owner.record.name} changed an API key`))
    await line.getByText('changed an API key').click()
    await line.getByText('false → true').waitFor()
    assert.deepEqual(await faults(page), [])
    await shot(page, 'audit')
    await page.getByRole('combobox', { name: 'What' }).click()
    await page.getByRole('option', { name: 'was refused' }).click()
    await page.getByText('Nothing here').waitFor()
  })

  await t.test('who nothing reaches is called, and the mails are there to be read', async () => {
    const agenda = await team.first('agendas', '')
    const service = await team.first('services', '')
    const route = (path) => `/api/recado/${path}${path.includes('?') ? '&' : '?'}company=${owner.company.id}`
    const [from, to] = [3, 10].map((days) => new Date(Date.now() + days * 86_400_000).toISOString())
    const { slots } = await team.call('GET', route(`agendas/${agenda.id}/slots?service=${service.id}&from=${from}&to=${to}`))
    const book = (index, visitor) => team.call('POST', route(`agendas/${agenda.id}/book`), { service: service.id, start: slots[index].start, visitor })
    await book(0, { name: 'Bruno Costa', phone: '+5511987654321' })
    await book(2, { name: 'Carla Dias', email: 'carla@example.com' })

    await go('calendar')
    await page.getByRole('link', { name: 'Can’t be reached' }).click()
    const row = page.getByRole('listitem').filter({ hasText: 'Bruno Costa' })
    assert.equal(await row.getByRole('link', { name: 'Call Bruno Costa' }).getAttribute('href'), 'tel:+5511987654321')
    await row.getByRole('button', { name: 'Bruno Costa will come' }).click()
    await row.waitFor({ state: 'detached' })

    await go('settings/mails')
    await page.getByText('There is no mail server').waitFor()
    await page.getByRole('button', { name: /carla@example\.com/ }).click()
    await page.frameLocator('iframe').getByRole('heading', { name: 'Seu agendamento está marcado' }).waitFor()
  })

  assert.deepEqual(page.errors, [])
  await page.context().close()
})
