// Consent in the widget, and one person exported and forgotten: in the real browser against the real binary.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

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

async function at(path, options) {
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
  await scheme(page, 'light')
  assert.deepEqual(page.errors, [], name)
}

const TEXT = 'We keep what you write for a year.'

test('a channel asks for consent before the first message, and its evidence stands with the contact', async () => {
  const page = await at(`settings/channels/${team.channel.id}`)
  await page.getByLabel('Ask for consent').selectOption('accept')
  await page.getByLabel('Text', { exact: true }).fill(TEXT)
  await inspect(page, 'channel-consent')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').first().waitFor()
  await page.context().close()

  const visitor = await open(browser, recado.url)
  await visitor.goto(`/demo?channel=${team.channel.public_key}&open=`)
  const field = visitor.locator('recado-chat textarea')
  await field.fill('My knee hurts')
  const send = visitor.locator('recado-chat .send')
  assert.ok(await send.isDisabled())
  await field.press('Enter')
  await shot(visitor, 'widget-consent')
  assert.deepEqual(await faults(visitor), [])
  await visitor.locator('recado-chat').getByRole('checkbox', { name: TEXT }).check()
  await send.click()
  await team.until(async () => (await team.list('consents')).length === 1)
  await visitor.locator('recado-chat').getByRole('checkbox').waitFor({ state: 'detached' })
  await field.fill('Since Monday')
  await field.press('Enter')
  await team.until(async () => (await team.list('messages', "direction = 'in'")).length === 2)
  await visitor.context().close()

  const [consent] = await team.list('consents')
  const contact = await at(`contacts/${consent.contact}`)
  await contact.getByRole('region', { name: 'Consent' }).getByText(TEXT).waitFor()
  await inspect(contact, 'contact-consent')
  await contact.context().close()
})

test('one person is exported, and erased after their name was typed', async () => {
  const contact = await team.create('contacts', { name: 'Petra Gone', email: 'petra@example.com' })
  const page = await at(`contacts/${contact.id}`)
  const menu = async (item) => {
    await page.getByRole('complementary', { name: 'Contact' }).getByRole('button', { name: 'More' }).click()
    await page.getByRole('menuitem', { name: item }).click()
  }
  const file = page.waitForEvent('download')
  await menu('Export everything')
  assert.match((await file).suggestedFilename(), /^contact-.*\.zip$/)

  await menu('Erase for good')
  const dialog = page.getByRole('dialog')
  const erase = dialog.getByRole('button', { name: 'Erase for good' })
  assert.ok(await erase.isDisabled())
  await dialog.getByLabel('Type Petra Gone to confirm').fill('petra gone')
  await inspect(page, 'contact-erase')
  await erase.click()
  await page.getByText('Erased. Nothing about this person is left.').waitFor()
  await team.until(async () => !(await team.first('contacts', `id = '${contact.id}'`)))
  await page.context().close()
})

test('how long things are kept is a setting of the company', async () => {
  const page = await at('settings/company', { viewport: { width: 390, height: 780 } })
  await page.getByLabel('Keep messages and their files for').selectOption('365')
  await page.getByLabel('Keep raw events of channels for').selectOption('7')
  await inspect(page, 'company-retention-phone')
  await page.getByRole('button', { name: 'Save' }).click()
  await team.until(async () => {
    const { settings } = await team.first('companies', '')
    return settings?.retention?.messages_days === 365 && settings.retention.events_days === 7
  })
  await page.context().close()
})
