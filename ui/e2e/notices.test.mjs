// What customers are told of their appointments, in the real browser against the real binary: mails as the team sees
// them, the page behind their links, reminders of a service, and the list of those to be called.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

/** A company with an appointment for one who has an e-mail address and one who has a phone only. */
async function clinic(t) {
  const recado = await startRecado()
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const company = made.company.id
  const call = async (method, path, body) => {
    const answer = await fetch(`${recado.url}${path}${path.includes('?') ? '&' : '?'}company=${company}`, { method, headers: { 'Content-Type': 'application/json', Authorization: made.token }, body: body && JSON.stringify(body) })
    assert.ok(answer.ok, `${method} ${path} answered ${answer.status}`)
    return answer.json()
  }
  const all = async (collection) => (await call('GET', `/api/collections/${collection}/records?perPage=200`)).items
  const [agenda] = await all('agendas')
  const [service] = await all('services')
  const from = new Date(Date.now() + 3 * 86_400_000).toISOString()
  const to = new Date(Date.now() + 10 * 86_400_000).toISOString()
  const { slots } = await call('GET', `/api/recado/agendas/${agenda.id}/slots?service=${service.id}&from=${from}&to=${to}`)
  const book = (index, visitor) => call('POST', `/api/recado/agendas/${agenda.id}/book`, { service: service.id, start: slots[index].start, visitor })
  const ana = await book(0, { name: 'Ana Lima', email: 'ana@example.com' })
  const bruno = await book(2, { name: 'Bruno Costa', phone: '+5511987654321' })
  return { recado, made, company, call, all, ana, bruno, service, base: `/c/${company}` }
}

test('mails are kept and shown, and a test mail says why it does not leave', async (t) => {
  const desk = await clinic(t)
  const page = await open(browser, desk.recado.url)
  await signIn(page, desk.made)
  await page.goto(`${desk.base}/settings/mails`)
  await page.getByText('ana@example.com').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'mails')

  await page.getByRole('button', { name: /ana@example.com/ }).click()
  const frame = page.frameLocator('iframe')
  await frame.getByRole('heading', { name: 'Seu agendamento está marcado' }).waitFor()
  assert.equal(await page.locator('iframe').getAttribute('sandbox'), '')
  await ready(page)
  await shot(page, 'mail')
  assert.deepEqual(await faults(page), [])
  await page.keyboard.press('Escape')

  await page.getByRole('button', { name: 'Send me a test mail' }).click()
  await page.getByRole('dialog').getByText('There is no mail server').waitFor()
  await page.keyboard.press('Escape')

  await page.setViewportSize({ width: 390, height: 844 })
  await scheme(page, 'dark')
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'mails-phone-dark')
  await page.goto(`${desk.base}/settings/mails?lang=qps`)
  await page.getByText('ana@example.com').waitFor()
  assert.deepEqual(await bareTexts(page, ['ana@example.com', 'Ana Lima', 'Recado', 'Um e-mail de teste', desk.made.record.email, desk.made.record.name, desk.made.company.name, 'Seu agendamento']), [])
  assert.deepEqual(page.errors, [])
})

test('the page behind a link confirms, moves and cancels by its button alone', async (t) => {
  const desk = await clinic(t)
  const mail = (await desk.all('mails')).find((one) => one.kind === 'confirmation')
  const { html } = await desk.call('GET', `/api/recado/mails/${mail.id}/preview`)
  const path = /\/a\/[A-Za-z0-9_-]{37}/.exec(html)[0]

  const page = await open(browser, desk.recado.url, { viewport: { width: 390, height: 844 } })
  const state = async () => (await desk.all('appointments')).find((one) => one.id === desk.ana.id)
  for (const [colours, sub] of [['light', ''], ['dark', ''], ['light', '/move'], ['dark', '/move'], ['light', '/cancel'], ['dark', '/confirm']]) {
    await page.emulateMedia({ colorScheme: colours })
    await page.goto(path + sub)
    assert.deepEqual(await faults(page), [], `${colours} ${sub}`)
    await shot(page, `page${sub.replace('/', '-')}-${colours}`)
  }
  assert.equal((await state()).confirmed_at, '')

  await page.goto(path)
  await page.getByRole('link', { name: 'Sim, eu vou' }).click()
  await page.getByRole('button', { name: 'Sim, eu vou' }).click()
  await page.getByRole('status').getByText('Confirmado').waitFor()
  assert.notEqual((await state()).confirmed_at, '')

  await page.getByRole('link', { name: 'Escolher outro horário' }).click()
  const time = page.getByRole('radio').nth(1)
  const wanted = await time.getAttribute('value')
  await time.focus()
  await page.keyboard.press('Space')
  await page.getByRole('button', { name: 'Mudar o agendamento' }).press('Enter')
  await page.getByRole('heading', { name: 'Seu agendamento' }).waitFor()
  assert.equal(new Date((await state()).start.replace(' ', 'T')).toISOString(), new Date(wanted).toISOString())

  await page.getByRole('link', { name: 'Cancelar o agendamento' }).click()
  await page.getByRole('button', { name: 'Sim, cancelar' }).click()
  await page.getByRole('heading', { name: 'Este agendamento está cancelado' }).waitFor()
  assert.equal((await state()).status, 'cancelled')
  assert.deepEqual(page.errors, [])
})

test('who nothing reaches is listed, called, and done', async (t) => {
  const desk = await clinic(t)
  const page = await open(browser, desk.recado.url)
  await signIn(page, desk.made)
  await page.goto(`${desk.base}/calendar`)
  await page.getByRole('link', { name: 'Can’t be reached' }).click()
  const row = page.getByRole('listitem').filter({ hasText: 'Bruno Costa' })
  await row.waitFor()
  await ready(page)
  assert.equal(await row.getByRole('link', { name: 'Call Bruno Costa' }).getAttribute('href'), 'tel:+5511987654321')
  assert.deepEqual(await faults(page), [])
  await shot(page, 'reach')
  await page.setViewportSize({ width: 390, height: 844 })
  assert.deepEqual(await faults(page), [])
  await shot(page, 'reach-phone')

  await row.getByRole('button', { name: 'Bruno Costa will come' }).click()
  await row.waitFor({ state: 'detached' })
  await page.getByRole('link', { name: 'Ana Lima', exact: true }).click()
  await page.getByRole('list', { name: 'Reminders' }).getByText('reminder planned').first().waitFor()
  await shot(page, 'details-reminders')
  assert.deepEqual(page.errors, [])
})

test('a service says when it reminds', async (t) => {
  const desk = await clinic(t)
  const page = await open(browser, desk.recado.url)
  await signIn(page, desk.made)
  await page.goto(`${desk.base}/settings/services/${desk.service.id}`)
  await page.getByRole('textbox', { name: 'Reminder 1' }).fill('3')
  await page.getByRole('button', { name: 'Remove reminder 2' }).click()
  await page.getByText('Words of your own').click()
  await page.getByRole('textbox', { name: 'English' }).fill('Hi {name}!')
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await page.getByRole('heading', { name: 'Reminders' }).scrollIntoViewIfNeeded()
  await shot(page, 'service-reminders')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved').waitFor()
  const [service] = await desk.all('services')
  assert.deepEqual(service.reminders, { offsets: [3 * 1440], channels: ['chat', 'email'], texts: { en: 'Hi {name}!' } })
  assert.deepEqual(page.errors, [])
})
