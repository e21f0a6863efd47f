// Reports and the sample data behind them, in the real browser against the real binary: the wizard fills a front desk,
// no list of it is empty, reports count it, and the settings take it away again.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, test } from 'node:test'
import { bareTexts, faults, launch, open, OWNER, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

async function inspect(page, name) {
  await ready(page)
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await shot(page, `${name}-${value}`)
    assert.deepEqual(await faults(page), [], `${name} ${value}`)
  }
  assert.deepEqual(page.errors, [], name)
}

async function desk(t, locale = 'en') {
  const recado = await startRecado()
  t.after(() => recado.stop())
  const made = await setUp(recado.url, { company: { name: 'Bela Clinic', kind: 'clinic', timezone: 'America/Sao_Paulo', locale, currency: 'BRL' } })
  const page = async (path, options) => {
    const opened = await open(browser, recado.url, options)
    await signIn(opened, made)
    await opened.goto(`/c/${made.company.id}/${path}`)
    return opened
  }
  return { recado, made, page }
}

test('the wizard fills an empty Recado, and the settings empty it again', async (t) => {
  const recado = await startRecado()
  t.after(() => recado.stop())
  const page = await open(browser, recado.url)
  await page.goto('/setup')
  await page.getByLabel('Your name').fill(OWNER.name)
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.locator('input[name=password]').fill(OWNER.password)
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.locator('input[name=company]').fill('Bela Clinic')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByLabel('A service').fill('Cleaning')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByRole('button', { name: 'Open the front desk' }).click()
  await page.getByText('Bela Clinic is open').waitFor()

  await page.getByRole('button', { name: 'Fill with sample data' }).click()
  await page.getByText('Remove it any time').waitFor()
  await inspect(page, 'wizard-filled')
  await page.getByRole('link', { name: 'To the conversations' }).click()
  await page.waitForURL(/\/c\/(\w+)\/inbox/)
  const base = new URL(page.url()).pathname.replace(/\/inbox$/, '')
  await page.locator('[role=listitem] a').first().waitFor()

  // no list is empty
  for (const [path, content] of [
    ['inbox', '[role=listitem] a'],
    ['contacts', '[role=row] a'],
    ['calendar?view=day', '[data-event]'],
    ['calendar/reach', 'main li'],
    ['reports', 'main svg rect'],
    ['reports?tab=agenda', 'main svg rect'],
    ['settings/members', 'main li, main tr'],
    ['settings/queues', 'main li, main a'],
    ['settings/tags', 'main li, main tr'],
    ['settings/fields', 'main li, main tr'],
    ['settings/quick-replies', 'main li, main button'],
    ['settings/mails', 'main li'],
    ['settings/agendas', 'main a'],
    ['settings/services', 'main a'],
  ]) {
    await page.goto(`${base}/${path}`)
    await ready(page, content)
    await shot(page, `sample-${path.replace(/\W+/g, '-')}`)
  }

  // of many conversations a lane of the board asks for twenty at a time
  await page.goto(`${base}/inbox?board=status`)
  const lane = page.getByRole('region', { name: 'Closed', exact: true })
  await lane.getByText('20+').waitFor()
  assert.equal(await lane.getByRole('link').count(), 20)
  await lane.getByRole('button', { name: 'Load more' }).click()
  await lane.getByRole('link').nth(39).waitFor()

  await page.goto(`${base}/settings/company`)
  await page.getByRole('button', { name: 'Remove sample data' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Remove sample data' }).click()
  await page.getByText('The sample data is gone').waitFor()
  await page.getByRole('button', { name: 'Fill with sample data' }).waitFor()
  await inspect(page, 'settings-company-sample')
  await page.goto(`${base}/contacts`)
  await page.getByText('No contacts yet').waitFor()
  assert.deepEqual(page.errors, [])
})

test('the inbox is counted', async (t) => {
  const { recado, page: at } = await desk(t)
  recado.run('demo')
  const page = await at('reports')
  await ready(page, 'main svg rect')
  await page.getByRole('heading', { name: 'By person' }).waitFor()
  await inspect(page, 'reports-inbox')

  // what is drawn can be read
  await page.getByText('Show as a table').first().click()
  const table = page.getByRole('region', { name: 'Conversations: table' })
  assert.equal(await table.getByRole('row').count(), 31)
  await inspect(page, 'reports-table')

  // one person's part of it, in the address and in what is downloaded
  const person = page.getByRole('combobox', { name: 'Person' })
  await person.click()
  const option = page.getByRole('listbox', { name: 'Person' }).getByRole('option').nth(1)
  const name = await option.textContent()
  await option.click()
  await page.waitForURL(/member=\w{15}/)
  await page.reload()
  await ready(page, 'main svg rect')
  assert.equal(await person.inputValue(), name)
  const people = page.getByRole('region', { name: 'By person' }).or(page.locator('section', { hasText: 'By person' })).first()
  assert.equal(await people.getByRole('row').count(), 2, 'the heading and the one person')
  await inspect(page, 'reports-person')
  await page.goto(page.url().replace(/[?&]member=\w+/, ''))
  await ready(page, 'main svg rect')

  await page.getByRole('combobox', { name: 'Period' }).click()
  await page.getByRole('option', { name: 'Other days' }).click()
  await page.getByLabel('From', { exact: true }).fill('2020-01-01')
  await page.waitForURL(/from=2020-01-01/)
  await page.getByLabel('To', { exact: true }).fill('2020-01-07')
  await page.getByText('No conversations on these days').waitFor()
  await inspect(page, 'reports-empty')
  await page.getByRole('button', { name: 'Show the last 30 days' }).click()
  await ready(page, 'main svg rect')

  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download CSV' }).click()])
  const text = fs.readFileSync(await file.path(), 'utf8')
  assert.match(text, /^\uFEFFgroup,name,opened,closed/)
  assert.equal(text.split('\n').filter((line) => line.startsWith('day,')).length, 30)
})

test('the agendas are counted, on a phone and in another language', async (t) => {
  const { recado, made, page: at } = await desk(t, 'pt-BR')
  recado.run('demo')
  const page = await at('reports?tab=agenda', { ...PHONE, locale: 'pt-BR' })
  await ready(page, 'main svg rect')
  await page.getByRole('heading', { name: 'Por agenda' }).waitFor()
  await inspect(page, 'reports-agenda-390')
  await page.goto(`/c/${made.company.id}/reports`)
  await ready(page, 'main svg rect')
  await inspect(page, 'reports-inbox-390')

  await page.goto(`/c/${made.company.id}/reports?lang=qps`)
  await ready(page, 'main svg rect')
  assert.deepEqual(await bareTexts(page, ['Recado', made.company.name, made.record.name]), [])
})

test('who may not see reports is told so', async (t) => {
  const { page: at } = await desk(t)
  const page = await at('inbox')
  await page.route('**/api/recado/reports/**', (route) => route.fulfill({ status: 403, json: { status: 403, message: 'No', data: { code: 'forbidden' } } }))
  await page.getByRole('navigation').getByRole('link', { name: 'Reports' }).first().click()
  await page.getByText('Not for your role').waitFor()
})
