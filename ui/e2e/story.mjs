// The whole of Recado once: set up in the browser, a colleague joins, a customer books in the chat, a person takes
// over, the appointment is moved from both sides, and everybody sees it without a reload.
import assert from 'node:assert/strict'
import { open, OWNER, ready, shot, workday } from './harness.mjs'

const COLLEAGUE = { name: 'João Lima', email: 'joao@bela.test', password: 'front-desk-2' }
const CUSTOMER = 'Ana Prado'

/** A page that can tell at the end whether it was ever loaded anew. */
const mark = (page) => page.evaluate(() => (window.sinceTheBeginning = true))
const marked = (page) => page.evaluate(() => window.sinceTheBeginning === true)

/** A picture as a browser draws it. */
async function picture(page, color) {
  const data = await page.evaluate((color) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 120, height: 80 })
    const brush = canvas.getContext('2d')
    brush.fillStyle = color
    brush.fillRect(0, 0, 120, 80)
    return canvas.toDataURL().split(',')[1]
  }, color)
  return Buffer.from(data, 'base64')
}

const chat = (page) => ({
  bubble: (text) => page.locator('.bubble').filter({ hasText: text }).last(),
  choose: (name) => page.locator('.options').getByRole('button', { name, exact: true }).click(),
  async write(text) {
    await page.locator('textarea').fill(text)
    await page.locator('textarea').press('Enter')
  },
  attach: (name, buffer) => page.locator('input[type=file]').setInputFiles({ name, mimeType: 'image/png', buffer }),
})

async function wizard(page, code) {
  await page.goto('/')
  await page.waitForURL('**/setup')
  if (code) await page.getByLabel('Código de instalação').fill(code)
  await page.getByLabel('Seu nome').fill(OWNER.name)
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.locator('input[name=password]').fill(OWNER.password)
  await page.getByRole('button', { name: 'Continuar' }).click()
  await page.locator('input[name=company]').fill('Clínica Bela')
  await page.getByRole('button', { name: 'Continuar' }).click()
  await page.getByLabel('Um serviço').fill('Avaliação')
  await page.getByRole('button', { name: 'Continuar' }).click()
  await page.getByRole('button', { name: 'Abrir a recepção' }).click()
  await page.getByRole('link', { name: 'Ir para as conversas' }).click()
  await page.waitForURL('**/inbox')
  // The sign-in is kept by the browser a moment after the page has it; who leaves before that signs in again.
  await ready(page, 'main h2, main h3, main [class*=title]')
}

async function invite(page) {
  await page.goto(page.url().replace(/inbox.*/, 'settings/members'))
  await page.getByRole('button', { name: 'Convidar' }).first().click()
  await page.getByRole('dialog').getByRole('combobox', { name: 'Papel' }).click()
  await page.getByRole('option', { name: /Gerente/ }).click()
  await page.getByRole('button', { name: 'Criar o link' }).click()
  const link = await page.getByRole('group', { name: 'Envie este link à pessoa' }).locator('code').innerText()
  await page.getByRole('button', { name: 'Pronto' }).click()
  return link
}

async function join(page, link) {
  await page.goto(new URL(link).pathname)
  await page.getByLabel('Your name').fill(COLLEAGUE.name)
  await page.getByLabel('E-mail').fill(COLLEAGUE.email)
  await page.locator('input[name=password]').fill(COLLEAGUE.password)
  await page.getByRole('button', { name: /Create .*account/ }).click()
  await page.waitForURL('**/inbox')
  // The sign-in is kept by the browser a moment after the page has it; who leaves before that signs in again.
  await ready(page, 'main h2, main h3, main [class*=title]')
}

/** Drags a card of the calendar to a time of its own day, as a hand would. */
async function drag(page, card, minutes, hourPixels) {
  await card.scrollIntoViewIfNeeded()
  const box = await card.boundingBox()
  const [x, y] = [box.x + box.width / 2, box.y + 8]
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.move(x, y + 20, { steps: 3 })
  // what the service may start at is being fetched; the lines show it
  await page.locator('[class*=mark]').first().waitFor()
  await page.mouse.move(x, y + (minutes / 60) * hourPixels, { steps: 8 })
  await page.mouse.up()
}

/**
 * Tells the story at an address, with `code` for the wizard where it asks for one. `machine` is what answers the
 * customer: book and move are talks with it, which end in the words `booked` and `moved`; `prepare` is done by the
 * owner before, `asked` counts what it was asked.
 */
export async function tell(t, browser, url, machine, code) {
  const day = workday()
  const said = `${day.slice(8)}/${day.slice(5, 7)}`
  const [maria, joao, ana] = [await open(browser, url, { locale: 'pt-BR' }), await open(browser, url), await open(browser, url, { locale: 'pt-BR' })]
  const people = [maria, joao, ana]
  t.after(() => Promise.all(people.map((page) => page.context().close())))
  for (const page of people) page.setDefaultTimeout(20_000)

  /** A step of the story; where one fails the rest makes no sense. */
  async function step(name, run) {
    try {
      await run()
    } catch (error) {
      const pages = [...people, ...(calendars ?? [])]
      await Promise.all(pages.map((page, index) => shot(page, `story-failed-${index}`)))
      throw new Error(`${name}: ${error.message}`, { cause: error })
    }
    t.diagnostic(name)
  }
  let calendars

  await step('a wizard opens the front desk', () => wizard(maria, code))
  await step('a second person joins by a link', async () => join(joao, await invite(maria)))

  if (machine.prepare) await step('the owner puts it to work', () => machine.prepare(maria))

  // everybody at their desk: the conversations here, the calendar in a tab beside
  const base = /\/c\/\w+\//.exec(joao.url())[0]
  calendars = await Promise.all([maria, joao].map((page) => page.context().newPage()))
  await step('everybody is at their desk', async () => {
    await Promise.all([maria, joao].map((page) => page.goto(`${base}inbox`)))
    await Promise.all(calendars.map((page) => page.goto(`${base}calendar?date=${day}`)))
    await Promise.all([maria, joao].map((page) => ready(page, 'main h2, main h3, main [class*=title]')))
    await Promise.all(calendars.map((page) => ready(page, '[data-column]')))
  })
  for (const page of [maria, joao, ...calendars]) await mark(page)
  const [hers, his] = calendars
  const card = (page, times) => page.locator('[data-event]').and(page.getByRole('button', { name: new RegExp(`${CUSTOMER}.*${times}`) }))

  const talk = chat(ana)
  await step('a customer books in the chat', async () => {
    await ana.goto('/demo')
    await ana.locator('.launcher').click()
    await machine.book(talk, CUSTOMER, said, '09:30')
    await talk.bubble(machine.booked).waitFor()
    await shot(ana, 'story-booked')
  })

  const row = (page) => page.getByRole('list').getByRole('link', { name: new RegExp(CUSTOMER) })
  await step('both people see conversation and appointment', async () => {
    await Promise.all([maria, joao].map((page) => row(page).waitFor()))
    await Promise.all([card(hers, '09:30').waitFor(), card(his, '9:30').waitFor()])
    await row(joao).click()
    await joao.getByRole('log').getByText(machine.booked).waitFor()
    await joao.getByRole('region', { name: 'Contact' }).getByText('9:30').waitFor()
    await shot(joao, 'story-inbox')
    await shot(hers, 'story-calendar')
  })

  const log = joao.getByRole('log')
  const reply = joao.getByRole('textbox', { name: 'Reply' })
  await step('one takes over: the bot is silent, words and pictures go both ways', async () => {
    await joao.getByRole('button', { name: 'Take', exact: true }).click()
    await log.getByText('João Lima took').waitFor()
    await row(maria).getByText('João Lima').waitFor({ state: 'attached' })

    const asked = machine.asked?.()
    await talk.write('Vocês têm estacionamento?')
    await log.getByText('estacionamento').waitFor()
    await reply.fill('Temos sim, ao lado da clínica.')
    await reply.press('Enter')
    await talk.bubble('ao lado da clínica').waitFor()

    await talk.attach('carteirinha.png', await picture(ana, '#0b7450'))
    await log.getByRole('img', { name: 'carteirinha.png' }).waitFor()
    await joao.locator('input[type=file]').setInputFiles({ name: 'mapa.png', mimeType: 'image/png', buffer: await picture(ana, '#2f6fde') })
    await joao.getByText('mapa.png').or(joao.locator('[class*=Uploads] img')).first().waitFor({ state: 'attached' })
    await reply.fill('Este é o mapa.')
    await joao.getByRole('button', { name: 'Send' }).click()
    await talk.bubble('Este é o mapa').waitFor()
    await ana.getByRole('link', { name: /mapa\.png/ }).locator('img').waitFor()
    await shot(ana, 'story-talk')
    assert.equal(await ana.locator('.options').count(), 0, 'the bot offers something while a person answers')
    assert.equal(machine.asked?.(), asked, 'the bot is asked while a person answers')
  })

  await step('the customer moves the appointment in the chat', async () => {
    await joao.getByRole('button', { name: 'More', exact: true }).click()
    await joao.getByRole('menuitem', { name: /assistant/ }).click()
    await log.getByText('conversation to the assistant').last().waitFor()
    await machine.move(talk, said, '11:00')
    await talk.bubble(machine.moved).waitFor()
    await Promise.all([card(hers, '11:00').waitFor(), card(his, '11:00').waitFor()])
    await joao.getByRole('region', { name: 'Contact' }).getByText('11:00').waitFor()
  })

  await step('a person drags it elsewhere, and the customer is told', async () => {
    await hers.bringToFront()
    const pixels = await hers.evaluate(() => {
      const tops = [...document.querySelectorAll('[class*=hour]')].map((hour) => Number.parseFloat(hour.style.top))
      return tops[1] - tops[0]
    })
    await drag(hers, card(hers, '11:00'), 120, pixels)
    await card(hers, '13:00').waitFor()
    await card(his, '1:00').waitFor()
    await talk.bubble('mudou de horário').waitFor()
    assert.match(await talk.bubble('mudou de horário').innerText(), /13:00/)
    await joao.getByRole('region', { name: 'Contact' }).getByText('1:00').waitFor()
    await shot(hers, 'story-dragged')
  })

  await step('no bot spoke while a person answered, no page was reloaded, nothing went wrong', async () => {
    const lines = await ana.locator('.bubble').allInnerTexts()
    const from = lines.indexOf('Vocês têm estacionamento?')
    assert.deepEqual(lines.slice(from, lines.findIndex((line) => line.startsWith('Quero remarcar'))), ['Vocês têm estacionamento?', 'Temos sim, ao lado da clínica.', 'Este é o mapa.'])
    assert.deepEqual(await Promise.all([maria, joao, ...calendars].map(marked)), [true, true, true, true])
    assert.deepEqual(people.map((page) => page.errors), [[], [], []])
  })
}
