// A Tuesday at the desk, as the receptionist lives it: what waits in the queue is taken, answered, booked, handed on, put
// off and closed, in the real browser against the real binary.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, owner, recado, team } from './front.mjs'
import { open, ready, shot, signIn } from './harness.mjs'

const ROOM = { viewport: { width: 1600, height: 900 } }

async function seat(person, path = 'inbox') {
  const page = await open(browser, recado.url, ROOM)
  await signIn(page, person)
  await page.goto(`/c/${owner.company.id}/${path}`)
  await ready(page, 'h1')
  return page
}

const row = (page, name) => page.getByRole('listitem').filter({ hasText: name }).getByRole('link')
const said = (page, text) => page.locator('[role=log] article', { hasText: text }).first()
const views = (page, name) => page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name, exact: true }).click()

test('a Tuesday at the desk', async (t) => {
  await team.patch('channels', team.channel.id, { answerer: 'none' })
  await team.patch('companies', owner.company.id, { settings: { ...owner.company.settings, attendees: true, rating_scale: 5 } })
  await team.create('quick_replies', { shortcut: 'parking', text: 'Temos estacionamento ao lado, {{contact.first_name}}.' })
  const [ana, bob] = [await team.colleague('Ana Lima', 'manager'), await team.colleague('Bob Reis', 'manager')]
  const carla = await team.visitor('Carla Gómez')
  const dora = await team.visitor('Dora Nunes')
  await carla.say('Bom dia! Onde posso parar o carro?')
  await dora.say('Quero remarcar, mas aviso quando')
  const page = await seat(ana)
  const reply = page.getByRole('textbox', { name: 'Reply' })
  const dialog = page.getByRole('dialog')

  await t.test('she takes what waits in the queue', async () => {
    await views(page, 'Unassigned')
    await row(page, 'Carla Gómez').click()
    await page.getByRole('button', { name: 'Take', exact: true }).click()
    await row(page, 'Carla Gómez').waitFor({ state: 'detached' })
    await views(page, 'Mine')
    await row(page, 'Carla Gómez').waitFor()
  })

  await t.test('a quick reply answers', async () => {
    await reply.fill('/park')
    await page.getByRole('option', { name: /parking/ }).waitFor()
    await reply.press('Enter')
    await page.waitForFunction(() => document.querySelector('textarea')?.value.endsWith('Carla.'))
    await reply.press('Enter')
    await said(page, 'Temos estacionamento ao lado, Carla.').waitFor()
    await team.until(async () => (await carla.messages()).some(({ text }) => text === 'Temos estacionamento ao lado, Carla.'))
  })

  await t.test('a note calls a colleague, who finds it later', async () => {
    await page.keyboard.press('Escape')
    await page.keyboard.press('n')
    await page.locator('textarea:focus').waitFor()
    await page.keyboard.type('a sala azul está livre? @bo')
    await page.getByRole('option', { name: 'Bob Reis' }).click()
    await page.keyboard.press('Enter')
    await said(page, 'a sala azul').waitFor()
  })

  await t.test('she books for a child of the same phone', async () => {
    const contact = await team.first('contacts', "name = 'Carla Gómez'")
    await team.patch('contacts', contact.id, { phone: '+5511987654321' })
    await page.getByRole('region', { name: 'Contact' }).or(page.getByRole('complementary', { name: 'Contact' })).getByRole('link', { name: 'Book' }).first().click()
    await dialog.getByText('+5511987654321').waitFor()
    await dialog.getByLabel('Who comes').fill('Léo Gómez')
    await dialog.getByRole('button', { name: 'Next free times' }).click()
    await dialog.getByRole('group', { name: 'Next free times' }).getByRole('button').first().click()
    await dialog.getByRole('button', { name: 'Book', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    const [booked] = await team.list('appointments')
    assert.deepEqual([booked.attendee, booked.contact, booked.source, booked.status], ['Léo Gómez', contact.id, 'member', 'confirmed'])
    await page.locator('[data-event]').filter({ hasText: 'Léo' }).first().waitFor()
    // the customer hears of it in the chat
    await team.until(async () => (await carla.messages()).some(({ text }) => /Léo|marcad/i.test(text)))
    await shot(page, 'desk-booked')
  })

  await t.test('one more is squeezed in', async () => {
    const [booked] = await team.list('appointments')
    const clock = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Sao_Paulo', hour: '2-digit', minute: '2-digit' }).format(new Date(booked.start.replace(' ', 'T')))
    await page.goto(`/c/${owner.company.id}/calendar?view=day&date=${booked.start.slice(0, 10)}`)
    await ready(page, '[data-event]')
    await page.keyboard.press('n')
    await dialog.getByPlaceholder('Search by name or phone').fill('dora')
    await page.getByRole('option', { name: /Dora Nunes/ }).click()
    await dialog.getByLabel('Time', { exact: true }).fill(clock)
    await dialog.getByRole('switch', { name: 'Squeeze it in' }).press('Space')
    await dialog.getByRole('button', { name: 'Squeeze in' }).click()
    await dialog.waitFor({ state: 'detached' })
    assert.deepEqual((await team.list('appointments', 'overbook = true')).length, 1)
  })

  await t.test('one conversation is put off, the other handed on', async () => {
    await page.goto(`/c/${owner.company.id}/inbox`)
    await row(page, 'Dora Nunes').click()
    await page.getByRole('button', { name: 'Snooze', exact: true }).click()
    await page.getByRole('menuitem', { name: 'Until they reply' }).click()
    await row(page, 'Dora Nunes').waitFor({ state: 'detached' })

    await row(page, 'Carla Gómez').click()
    await page.getByRole('button', { name: 'Transfer' }).click()
    await dialog.getByRole('combobox', { name: 'To' }).or(dialog.getByRole('textbox', { name: 'To' })).first().click()
    await page.getByRole('option', { name: 'Bob Reis' }).click()
    await dialog.getByRole('textbox', { name: 'Note' }).fill('Ela volta na quinta.')
    await dialog.getByRole('button', { name: 'Transfer' }).click()
    await dialog.waitFor({ state: 'detached' })
  })

  await t.test('the colleague comes in, finds the mention, answers and closes; the customer rates', async () => {
    const his = await seat(bob)
    await his.getByRole('button', { name: '1 mention of you' }).click()
    await row(his, 'Carla Gómez').click()
    await said(his, 'a sala azul').waitFor()
    await said(his, 'Ela volta na quinta.').waitFor()
    await his.getByRole('textbox', { name: 'Reply' }).fill('Até quinta!')
    await his.keyboard.press('Enter')
    await said(his, 'Até quinta!').getByRole('img', { name: /Sent|Delivered|Read/ }).waitFor()
    await his.getByRole('button', { name: 'Close', exact: true }).first().click()
    await his.getByText('closed the conversation').waitFor()
    await team.until(async () => (await carla.messages()).some(({ options }) => options?.length === 5))
    await carla.say('5')
    await his.getByText('The customer gave 5 of 5').waitFor()
    assert.deepEqual(his.errors, [])
    await his.context().close()
  })

  await t.test('who was put off writes, and is back on the list', async () => {
    await dora.say('Pode ser sexta?')
    await row(page, 'Dora Nunes').waitFor()
    assert.deepEqual(page.errors, [])
    await page.context().close()
  })
})
