// Queues, transfers, snoozing and hours, in the real browser against the real binary, with three people at work.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser
let recado
let owner
let team
let ana
let bob
before(async () => {
  browser = await launch()
  recado = await startRecado()
  owner = await setUp(recado.url)
  team = await desk(recado.url, owner)
  ana = await team.colleague('Ana Lima')
  bob = await team.colleague('Bob Reis')
})
after(async () => {
  await browser?.close()
  await recado?.stop()
})

async function at(person, path, options) {
  const page = await open(browser, recado.url, options)
  await signIn(page, person)
  await page.goto(`/c/${owner.company.id}/${path}`)
  await ready(page, 'h1')
  return page
}

// wide enough for every button of a conversation
const wide = { viewport: { width: 1600, height: 900 } }
const rowOf = (page, name) => page.getByRole('listitem').filter({ hasText: name }).getByRole('link')

async function inspect(page, name) {
  await ready(page)
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await shot(page, `${name}-${value}`)
    assert.deepEqual(await faults(page), [], `${name} ${value}`)
  }
  await scheme(page, 'light')
  assert.deepEqual(page.errors, [], name)
}

// Parity: WT-users, WT-queues.
test('taking a queue away takes what waits there off the screen at once', async () => {
  const carla = await team.visitor('Carla Gómez')
  await carla.say('Bom dia!')
  const page = await at(ana, 'inbox')
  await rowOf(page, 'Carla Gómez').waitFor()

  const admin = await at(owner, 'settings/members')
  await admin.getByRole('button', { name: 'More for Ana Lima' }).click()
  await admin.getByRole('menuitem', { name: 'Queues and hours' }).click()
  await inspect(admin, 'member-work')
  await admin.getByRole('combobox', { name: 'Queues' }).or(admin.getByRole('textbox', { name: 'Queues' })).first().click()
  await admin.keyboard.press('Backspace')
  await admin.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await admin.getByRole('dialog').waitFor({ state: 'detached' })
  await rowOf(page, 'Carla Gómez').waitFor({ state: 'detached' })
  await page.getByText('No open conversations').waitFor()
  assert.equal((await (await desk(recado.url, { ...ana, company: owner.company })).list('conversations')).length, 0)

  const queue = await team.first('queues', '')
  const member = await team.first('members', `name = 'Ana Lima'`)
  await team.patch('members', member.id, { queues: [queue.id] })
  await rowOf(page, 'Carla Gómez').waitFor()
  assert.deepEqual(page.errors, [])
  await admin.context().close()
  await page.context().close()
})

// Parity: WT-tickets.
test('a conversation is handed on with a note, and the colleague hears of it', async () => {
  const page = await at(ana, 'inbox', wide)
  const other = await at(bob, 'inbox')
  await rowOf(page, 'Carla Gómez').click()
  await page.getByRole('button', { name: 'Take' }).click()
  await rowOf(other, 'Carla Gómez').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Transfer' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('combobox', { name: 'To' }).or(dialog.getByRole('textbox', { name: 'To' })).first().click()
  await inspect(page, 'transfer')
  await page.getByRole('option', { name: /Bob Reis/ }).click()
  await dialog.getByRole('textbox', { name: 'Note' }).fill('She wants the big room.')
  await dialog.getByRole('button', { name: 'Transfer' }).click()

  await other.getByText('Carla Gómez is yours now').waitFor()
  await rowOf(page, 'Carla Gómez').waitFor({ state: 'detached' })
  await page.getByText('This conversation is not here').waitFor()
  await other.getByRole('button', { name: 'Open', exact: true }).click()
  await other.getByText('Ana Lima transferred this to Bob Reis').waitFor()
  await other.getByText('She wants the big room.').waitFor()
  assert.deepEqual(other.errors, [])
  await page.context().close()
  await other.context().close()
})

// Parity: WT-tickets.
test('a conversation is put off until the customer writes, or until a time', async () => {
  const page = await at(bob, 'inbox', wide)
  await rowOf(page, 'Carla Gómez').click()
  await page.getByRole('button', { name: 'Snooze', exact: true }).click()
  await inspect(page, 'snooze-menu')
  await page.getByRole('menuitem', { name: 'Until they reply' }).click()
  await page.getByText('Snoozed until the customer writes', { exact: true }).waitFor()
  await rowOf(page, 'Carla Gómez').waitFor({ state: 'detached' })
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Snoozed' }).click()
  await rowOf(page, 'Carla Gómez').waitFor()
  await inspect(page, 'snoozed')

  const carla = await team.visitor('Dora Nunes')
  await carla.say('Oi')
  await page.getByRole('button', { name: 'Wake now' }).click()
  await rowOf(page, 'Carla Gómez').waitFor({ state: 'detached' })
  await page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'All' }).click()
  await rowOf(page, 'Carla Gómez').click()

  await page.getByRole('button', { name: 'Snooze', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Pick a time…' }).click()
  const dialog = page.getByRole('dialog')
  await inspect(page, 'snooze-pick')
  await dialog.getByLabel('Day').fill('2020-01-01')
  await dialog.getByText('This time is over.').waitFor()
  const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10)
  await dialog.getByLabel('Day').fill(day)
  await dialog.getByRole('button', { name: 'Snooze' }).click()
  await rowOf(page, 'Carla Gómez').waitFor({ state: 'detached' })
  const stored = await team.first('conversations', `status = 'snoozed'`)
  assert.equal(stored.snoozed_until, `${day} 12:00:00.000Z`) // nine in São Paulo
  await page.context().close()
})

// Parity: WT-queues.
test('queues have people, hours and a way to share out', async () => {
  const page = await at(owner, 'settings/queues')
  await page.getByRole('button', { name: 'New queue' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Financeiro')
  await dialog.getByRole('combobox', { name: 'People' }).or(dialog.getByRole('textbox', { name: 'People' })).first().click()
  await page.getByRole('option', { name: 'Bob Reis' }).click()
  await page.keyboard.press('Escape')
  await dialog.getByRole('combobox', { name: 'Who gets what waits here' }).or(dialog.getByRole('textbox', { name: 'Who gets what waits here' })).first().click()
  await page.getByRole('option', { name: 'In turn' }).click()
  await dialog.getByRole('switch', { name: 'Same hours as the company' }).click()
  const late = dialog.getByLabel('Friday, to')
  await late.fill('02:00')
  await dialog.getByText('next day').first().waitFor()
  await inspect(page, 'queue')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })

  const made = await team.first('queues', `name = 'Financeiro'`)
  const member = await team.first('members', `name = 'Bob Reis'`)
  assert.equal(made.distribution, 'round_robin')
  assert.equal(made.hours.weekly.find(({ weekday }) => weekday === 5).end, 1440 + 120)
  assert.ok(member.queues.includes(made.id))

  await page.goto(`/c/${owner.company.id}/settings/company`)
  await ready(page, 'h1')
  await inspect(page, 'company-hours')
  await page.setViewportSize({ width: 390, height: 844 })
  await inspect(page, 'company-hours-phone')
  await page.context().close()
})
