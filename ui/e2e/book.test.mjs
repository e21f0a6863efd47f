// The public booking page in the real browser against the real binary: with and without script, on a phone, in the
// visitor's own time zone, and when somebody else is faster.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { faults, launch, open, ready, setUp, shot, signIn, startRecado, workday } from './harness.mjs'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'pt-BR' }

let browser
let recado
let made
let team
before(async () => {
  browser = await launch()
  recado = await startRecado()
  made = await setUp(recado.url)
  team = await desk(recado.url, made)
  const [agenda] = await team.list('agendas')
  await team.create('services', { name: 'Limpeza', agendas: [agenda.id], duration: 60, step: 30, price: 18000, currency: 'BRL', active: true, horizon_days: 200, description: 'Com flúor.' })
})
after(async () => {
  await browser?.close()
  await recado?.stop()
})

const path = () => `/book/${made.company.slug}`
const booked = () => team.list('appointments', "status != 'cancelled'", 'start')

/** Looks at the page in light and dark. */
async function look(page, name) {
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await shot(page, `book-${name}-${colorScheme}`)
    assert.deepEqual(await faults(page), [], `${name} ${colorScheme}`)
  }
}

/** Opens a day with free times: the link of the calendar, pressed. */
async function toDay(page, day) {
  const link = page.locator(`table a[href*="day=${day}"]`)
  if ((await link.count()) === 0) await page.locator('a[rel=next]').click()
  await link.click()
  await page.locator(`table a[aria-current=date][href*="day=${day}"]`).waitFor()
}

const fillIn = async (page, name, phone) => {
  await page.getByLabel('Seu nome').fill(name)
  await page.getByLabel('Telefone').fill(phone)
}

test('there is no page until it is switched on, in the settings', async () => {
  const stranger = await open(browser, recado.url, { locale: 'pt-BR' })
  assert.equal((await stranger.goto(path())).status(), 404)
  await look(stranger, 'missing')

  const page = await open(browser, recado.url, { locale: 'pt-BR' })
  await signIn(page, made)
  await page.goto(`/c/${made.company.id}/settings/booking`)
  await ready(page, 'main textarea')
  assert.equal(await page.locator('main img').count(), 0)
  await page.getByRole('switch', { name: 'As pessoas podem agendar online' }).press('Space')
  await page.getByRole('button', { name: 'Salvar' }).click()
  await page.locator('main img').waitFor()
  assert.match(await page.locator('main code').first().textContent(), new RegExp(`${path()}$`))
  assert.ok(await page.locator('main img').evaluate((image) => image.complete && image.naturalWidth > 0))
  await shot(page, 'book-settings')
  assert.deepEqual(await faults(page), [])
  await page.setViewportSize(PHONE.viewport)
  await shot(page, 'book-settings-390')
  assert.deepEqual(await faults(page), [])
  assert.deepEqual(page.errors, [])
  assert.equal((await stranger.goto(path())).status(), 200)
  await stranger.context().close()
  await page.context().close()
})

test('a visitor books on a phone, and the team sees it at once', async () => {
  const desktop = await open(browser, recado.url)
  await signIn(desktop, made)
  const day = workday(3)
  await desktop.goto(`/c/${made.company.id}/calendar?view=day&date=${day}`)
  await ready(desktop, '[data-column]')

  const page = await open(browser, recado.url, PHONE)
  await page.goto(path())
  await look(page, 'services')
  await page.getByRole('link', { name: /Limpeza/ }).click()
  await page.getByRole('heading', { name: 'Quando você quer vir?' }).waitFor()
  await toDay(page, day)
  await look(page, 'times')
  assert.equal(await page.locator('.yours').count(), 0, 'the clock is the same: it is told once')
  await page.locator('.times a').nth(2).click()
  await page.getByRole('heading', { name: 'Seus dados' }).waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1')
  await look(page, 'details')

  await page.getByRole('button', { name: 'Agendar' }).click()
  await page.getByRole('alert').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement.id), 'name')
  await look(page, 'wrong')
  await fillIn(page, 'Ana Lima', '(11) 98765-4321')
  await page.getByRole('button', { name: 'Agendar' }).click()
  await page.getByRole('heading', { name: 'Seu horário está marcado' }).waitFor()
  await look(page, 'done')
  const [appointment] = await booked()
  assert.equal(appointment.source, 'page')
  await desktop.locator('[data-event]').filter({ hasText: 'Ana Lima' }).waitFor()
  assert.deepEqual(await page.context().cookies(), [])

  // the way back to it, and into one's own calendar, without an account
  const download = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Adicionar ao calendário' }).click()
  const file = await readFile(await (await download).path(), 'utf8')
  const start = appointment.start.replace(/[-:]|\.\d+/g, '').replace(' ', 'T')
  assert.ok(file.includes(`DTSTART:${start}`), file)
  assert.ok(!file.includes('Ana Lima'), 'who has the link need not know the name')
  await page.getByRole('link', { name: 'Remarcar ou cancelar' }).click()
  await page.getByRole('heading', { name: 'Seu agendamento' }).waitFor()
  assert.match(new URL(page.url()).pathname, /^\/a\/[\w-]{37}$/)
  await page.getByRole('link', { name: 'Escolher outro horário' }).click()
  await page.getByRole('radio').nth(1).check()
  await page.getByRole('button', { name: 'Mudar o agendamento' }).click()
  await page.getByRole('heading', { name: 'Seu agendamento' }).waitFor()
  assert.notEqual((await booked())[0].start, appointment.start)
  await page.getByRole('link', { name: 'Cancelar o agendamento' }).click()
  await page.getByRole('button', { name: 'Sim, cancelar' }).click()
  await page.getByRole('heading', { name: 'Este agendamento está cancelado' }).waitFor()
  assert.equal((await booked()).length, 0)

  // the one refusal above is in the console, and nothing else
  assert.deepEqual(page.errors.filter((error) => !/status of 422/.test(error)), [])
  assert.deepEqual(desktop.errors, [])
  await page.context().close()
  await desktop.context().close()
})

test('who comes too late gets three other times, with everything still filled in', async () => {
  const page = await open(browser, recado.url, PHONE)
  const day = workday(4)
  await page.goto(`${path()}/limpeza`)
  await toDay(page, day)
  const first = page.locator('.times a').first()
  const start = new URL(await first.getAttribute('href'), recado.url).searchParams.get('at')
  await first.click()
  await fillIn(page, 'Bruno Costa', '(11) 98765-0002')
  await page.getByLabel('Algo que devemos saber?').fill('Chego de ônibus')

  const [agenda] = await team.list('agendas')
  const service = (await team.list('services', "name = 'Limpeza'"))[0]
  await team.call('POST', `/api/recado/agendas/${agenda.id}/book?company=${made.company.id}`, { service: service.id, start, visitor: { name: 'Carla Dias' } })
  await page.getByRole('button', { name: 'Agendar' }).click()
  await page.getByRole('heading', { name: 'Este horário já foi' }).waitFor()
  assert.equal(await page.locator('button[name=instead]').count(), 3)
  assert.equal(await page.getByLabel('Seu nome').inputValue(), 'Bruno Costa')
  await look(page, 'lost')
  await page.locator('button[name=instead]').first().click()
  await page.getByRole('heading', { name: 'Seu horário está marcado' }).waitFor()
  assert.equal((await booked()).find((row) => row.note === 'Chego de ônibus')?.source, 'page')
  await page.context().close()
})

test('a visitor elsewhere is told both times, on both sides of a change of the clock', async () => {
  for (const zone of ['Europe/Berlin', 'America/New_York']) {
    const page = await open(browser, recado.url, { ...PHONE, locale: 'en-US', timezoneId: zone })
    for (const day of [workday(5), workday(150)]) {
      await page.goto(`${path()}/limpeza?month=${day.slice(0, 7)}&day=${day}`)
      const time = page.locator('.times time').first()
      const [at, shown] = [await time.getAttribute('datetime'), await time.textContent()]
      const clock = (timeZone) => new Intl.DateTimeFormat('en', { timeZone, hour: 'numeric', minute: '2-digit' }).format(new Date(at)).replace(/\s/g, ' ')
      assert.equal(shown, clock('America/Sao_Paulo'))
      const offset = (timeZone) => new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }).format(new Date(at)).split('GMT')[1]
      if (offset(zone) === offset('America/Sao_Paulo')) continue
      assert.match((await page.locator('.times .yours').first().textContent()).replace(/\s/g, ' '), new RegExp(`^(\\w+ )?${clock(zone)} your time$`))
      await page.getByText(/Times are those of Sao Paulo \(GMT-3\)\. Below them is your time/).waitFor()
    }
    await look(page, `zone-${zone.split('/')[1]}`)
    assert.deepEqual(page.errors, [])
    await page.context().close()
  }
})

test('it works without script, and by keyboard alone', async () => {
  const page = await open(browser, recado.url, { ...PHONE, javaScriptEnabled: false })
  const day = workday(6)
  await page.goto(path())
  await page.getByRole('link', { name: /Avaliação/ }).click()
  const link = page.locator(`table a[href*="day=${day}"]`)
  if ((await link.count()) === 0) await page.locator('a[rel=next]').click()
  await link.click()
  await page.locator('.times a').first().click()
  await fillIn(page, 'Davi Souza', '(11) 98765-0003')
  await page.getByRole('button', { name: 'Agendar' }).click()
  await page.getByRole('heading', { name: 'Seu horário está marcado' }).waitFor()
  await page.context().close()

  const keys = await open(browser, recado.url, { locale: 'pt-BR' })
  await keys.goto(`${path()}/limpeza?month=${day.slice(0, 7)}&day=${day}`)
  await keys.locator('.times a').first().focus()
  await keys.keyboard.press('Enter')
  await keys.getByRole('heading', { name: 'Seus dados' }).waitFor()
  for (const text of ['Eva Reis', '(11) 98765-0004']) {
    await keys.keyboard.press('Tab')
    while (!(await keys.evaluate(() => document.activeElement.matches('input')))) await keys.keyboard.press('Tab')
    await keys.keyboard.type(text)
  }
  await keys.keyboard.press('Enter')
  await keys.getByRole('heading', { name: 'Seu horário está marcado' }).waitFor()
  assert.equal(await keys.evaluate(() => document.activeElement.tagName), 'H1')
  await keys.context().close()
})
