// The calendar and its settings, in the real browser against the real binary: booked, moved, refused, blocked, live.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

const NAMES = ['Ana Lima', 'Bruno Costa', 'Carla Dias']

/** The Monday after next, so that nothing of it is over, whatever day it is. */
function monday() {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 14 - ((now.getUTCDay() + 6) % 7))).toISOString().slice(0, 10)
}

/** A company with two agendas, one service and three appointments at nine, ten and eleven; and ways to act on it. */
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
  const add = (collection, values) => call('POST', `/api/collections/${collection}/records`, { company, ...values })
  const all = async (collection) => (await call('GET', `/api/collections/${collection}/records?perPage=200`)).items

  const [first] = await all('agendas')
  const second = await add('agendas', { name: 'Sala 2', kind: 'room', timezone: 'America/Sao_Paulo', color: '#1864ab', active: true })
  for (const weekday of [1, 2, 3, 4, 5]) await add('availabilities', { agenda: second.id, weekday, start: 480, end: 1080 })
  const [service] = await all('services')
  await call('PATCH', `/api/collections/services/records/${service.id}`, { agendas: [first.id, second.id] })

  const day = monday()
  const at = (hour, minute = 0) => new Date(Date.parse(`${day}T00:00:00Z`) + ((hour + 3) * 60 + minute) * 60_000).toISOString()
  const book = (agenda, name, start) => call('POST', `/api/recado/agendas/${agenda}/book`, { service: service.id, start, visitor: { name } })
  for (const [index, name] of NAMES.entries()) await book(first.id, name, at(9 + index))
  return { recado, made, company, first, second, service, day, at, book, call, all, base: `/c/${company}` }
}

const card = (page, name) => page.locator('[data-event]').filter({ hasText: name })
const column = (page, index) => page.locator(`[data-column="${index}"]`)

/** Waits until the label of a card says where it stands. */
const stands = (page, name, ...parts) => page.locator('[data-event]').and(page.getByRole('button', { name: new RegExp([name, ...parts].join('.*')) })).waitFor()

/** Presses on a card and carries it to another place, through `between`. */
async function carry(page, from, to, between = async () => {}) {
  const box = await from.boundingBox()
  await page.mouse.move(box.x + 40, box.y + 8)
  await page.mouse.down()
  await page.mouse.move(box.x + 40, box.y + 24, { steps: 3 })
  await page.locator('[class*=mark]').first().waitFor()
  await page.mouse.move(to.x, to.y + 8, { steps: 8 })
  await between()
  await page.mouse.up()
}

/** Takes the errors a refusal leaves in the console, and nothing else. */
function refused(page) {
  const rest = page.errors.filter((error) => !/status of (409|422)/.test(error))
  page.errors.length = 0
  assert.deepEqual(rest, [])
}

test('the calendar', async (t) => {
  const { recado, made, second, first, service, day, at, book, call, base } = await clinic(t)
  const page = await open(browser, recado.url)
  await signIn(page, made)
  const view = (name) => page.goto(`${base}/calendar?view=${name}&date=${day}`)

  await t.test('shows day, week and list to everyone', async () => {
    for (const name of ['day', 'week', 'list']) {
      await view(name)
      await ready(page, '[data-event]')
      for (const value of ['light', 'dark']) {
        await scheme(page, value)
        await shot(page, `calendar-${name}-${value}`)
        assert.deepEqual(await faults(page), [], `${name} ${value}`)
      }
    }
    const phone = await open(browser, recado.url, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, locale: 'pt-BR' })
    await signIn(phone, made)
    await phone.goto(`${base}/calendar?date=${day}`)
    await ready(phone, '[data-event]')
    assert.deepEqual(await faults(phone), [])
    await card(phone, 'Ana').tap()
    await phone.getByRole('button', { name: 'Chegou' }).waitFor()
    await shot(phone, 'calendar-390')
    await phone.context().close()
    assert.deepEqual(page.errors, [])
  })

  await t.test('shows a month at a glance, by pointer and by keyboard', async () => {
    await view('month')
    const cell = page.locator(`[data-month-day="${day}"]`)
    await cell.filter({ hasText: 'Ana Lima' }).waitFor()
    assert.match(await cell.getAttribute('aria-label'), /3 appointments/)
    for (const value of ['light', 'dark']) {
      await scheme(page, value)
      await shot(page, `calendar-month-${value}`)
      assert.deepEqual(await faults(page), [], `month ${value}`)
    }
    await page.setViewportSize({ width: 390, height: 844 })
    await shot(page, 'calendar-month-390')
    assert.deepEqual(await faults(page), [], 'month 390')
    await page.setViewportSize({ width: 1280, height: 800 })

    await cell.focus()
    await page.keyboard.press('ArrowDown')
    const next = new Date(Date.parse(`${day}T12:00:00Z`) + 7 * 86_400_000).toISOString().slice(0, 10)
    await page.waitForFunction((day) => document.activeElement?.getAttribute('data-month-day') === day, next)
    await page.keyboard.press('ArrowUp')
    await page.waitForFunction((day) => document.activeElement?.getAttribute('data-month-day') === day, day)
    await page.keyboard.press('Enter')
    await card(page, 'Ana').waitFor()
    assert.match(page.url(), new RegExp(`view=day.*date=${day}|date=${day}.*view=day`))
    assert.deepEqual(page.errors, [])
  })

  await t.test('finds the next free time, whoever gives it, and lists what was squeezed in', async () => {
    await page.getByRole('button', { name: 'New', exact: true }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Next free times' }).press('Enter')
    const times = dialog.getByRole('group', { name: 'Next free times' }).getByRole('button')
    await times.first().waitFor()
    assert.equal(await times.count(), 6)
    assert.match(await times.first().textContent(), /8:00.*Sala 2/)
    await times.first().press('Enter')
    assert.equal(await dialog.getByLabel('Time', { exact: true }).inputValue(), '08:00')
    await shot(page, 'calendar-next-free')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })

    await page.goto(`${base}/calendar?view=list&date=${day}&squeezed=true`)
    await page.getByText('Nothing squeezed in').waitFor()
    const squeezed = await call('POST', `/api/recado/agendas/${first.id}/book`, { service: service.id, start: at(9), visitor: { name: 'Elza Reis' }, overbook: true })
    await page.getByRole('row').filter({ hasText: 'Elza Reis' }).waitFor()
    assert.equal(await page.getByRole('row').filter({ hasText: 'Ana Lima' }).count(), 0)
    assert.deepEqual(await faults(page), [])
    await shot(page, 'calendar-squeezed')
    await call('POST', `/api/recado/appointments/${squeezed.id}/cancel`, {})
    assert.deepEqual(page.errors, [])
  })

  await view('day')
  await ready(page, '[data-event]')
  await scheme(page, 'light')
  const hour = await column(page, 0).evaluate((element) => element.getBoundingClientRect().height / 24)
  // columns stand in the order of their names: the person's first, then the room's
  const mine = 0
  const room = 1

  await t.test('moves by pointer, and takes it back', async () => {
    const box = await card(page, 'Ana').boundingBox()
    await carry(page, card(page, 'Ana'), { x: box.x + 40, y: box.y + hour * 3 })
    await stands(page, 'Ana', '12:00')
    await page.getByRole('button', { name: 'Undo' }).click()
    await stands(page, 'Ana', '9:00')

    const other = await column(page, room).boundingBox()
    await carry(page, card(page, 'Ana'), { x: other.x + 60, y: box.y + hour })
    await stands(page, 'Ana', '10:00', second.name)

    await carry(page, card(page, 'Ana'), { x: other.x + 60, y: box.y + hour * 3 }, () => page.keyboard.press('Escape'))
    await stands(page, 'Ana', '10:00', second.name)
    assert.deepEqual(page.errors, [])
  })

  await t.test('a drop on what is taken offers three other times', async () => {
    const busy = await card(page, 'Bruno').boundingBox()
    await carry(page, card(page, 'Ana'), { x: busy.x + 60, y: busy.y })
    const dialog = page.getByRole('dialog', { name: 'Move: Ana Lima' })
    await dialog.getByText('This time is taken').waitFor()
    assert.equal(await dialog.getByRole('alert').getByRole('button').count(), 3)
    assert.deepEqual(await faults(page), [])
    await dialog.getByRole('alert').getByRole('button').first().click()
    await stands(page, 'Ana', '10:30', first.name)
    refused(page)
  })

  await t.test('books where one presses, for someone new', async () => {
    const box = await column(page, mine).boundingBox()
    const nine = await card(page, 'Bruno').boundingBox()
    await page.mouse.click(box.x + 60, nine.y - hour + 6)
    const dialog = page.getByRole('dialog', { name: 'New appointment' })
    await dialog.getByRole('button', { name: '9:00 AM', exact: true, pressed: true }).waitFor()
    assert.deepEqual(await faults(page), [])
    await page.keyboard.type('Diego Silva')
    await page.getByRole('option', { name: 'New contact “Diego Silva”' }).click()
    await dialog.getByLabel('Phone').fill('11 98888-7777')
    await dialog.getByRole('button', { name: 'Book', exact: true }).click()
    await stands(page, 'Diego', '9:00', 'Confirmed')
    assert.deepEqual(page.errors, [])
  })

  await t.test('a lost race is won by one press', async () => {
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'New appointment' })
    await dialog.getByPlaceholder('Search by name or phone').fill('carla')
    await page.getByRole('option', { name: /Carla Dias/ }).click()
    await dialog.getByRole('button', { name: '3:00 PM', exact: true }).click()
    await book(first.id, 'Somebody Quicker', at(15))
    await dialog.getByRole('button', { name: 'Book', exact: true }).click()
    await dialog.getByText('This time is taken').waitFor()
    await dialog.getByRole('alert').getByRole('button').first().click()
    await stands(page, 'Carla Dias', '3:30')
    refused(page)
  })

  await t.test('a squeeze-in is asked for and marked', async () => {
    await page.keyboard.press('n')
    const dialog = page.getByRole('dialog', { name: 'New appointment' })
    await dialog.getByPlaceholder('Search by name or phone').fill('bruno')
    await page.getByRole('option', { name: /Bruno Costa/ }).click()
    await dialog.getByLabel('Time', { exact: true }).fill('11:10')
    await dialog.getByRole('switch', { name: 'Squeeze it in' }).press('Space')
    await dialog.getByRole('button', { name: 'Squeeze in' }).click()
    await stands(page, 'Bruno', '11:10', 'Squeezed in')
    assert.deepEqual(page.errors, [])
  })

  await t.test('blocks time by dragging, and opens it again', async () => {
    const box = await column(page, room).boundingBox()
    const nine = await card(page, 'Diego').boundingBox()
    await page.keyboard.down('Shift')
    await page.mouse.move(box.x + 60, nine.y + hour * 4)
    await page.mouse.down()
    await page.mouse.move(box.x + 60, nine.y + hour * 5, { steps: 5 })
    await page.mouse.up()
    await page.keyboard.up('Shift')
    const dialog = page.getByRole('dialog', { name: 'Block time' })
    await dialog.getByLabel('What for').fill('Cleaning')
    await dialog.getByRole('button', { name: 'Block', exact: true }).click()
    await stands(page, 'Cleaning', '1:00', second.name)
    await card(page, 'Cleaning').click()
    await page.getByRole('button', { name: 'Open it again' }).click()
    await card(page, 'Cleaning').waitFor({ state: 'detached' })
    assert.deepEqual(page.errors, [])
  })

  await t.test('needs no pointer', async () => {
    await card(page, 'Carla').first().focus()
    await page.keyboard.press('Enter')
    const details = page.getByRole('dialog', { name: 'Appointment' })
    await details.getByRole('button', { name: 'Arrived' }).click()
    await stands(page, 'Carla', 'Arrived')
    assert.deepEqual(await faults(page), [])
    await page.keyboard.press('Escape')
    await details.waitFor({ state: 'detached' })
    await page.waitForFunction(() => document.activeElement?.hasAttribute('data-event'))
    for (const [key, part] of [['w', 'view=week'], ['l', 'view=list'], ['d', 'view=day']]) {
      await page.keyboard.press(key)
      await page.waitForURL((url) => url.search.includes(part))
    }
    await page.keyboard.press('ArrowRight')
    await page.waitForURL((url) => !url.search.includes(day))
    await page.keyboard.press('ArrowLeft')
    await page.waitForURL((url) => url.search.includes(day))
  })

  await t.test('shows what others do without being asked', async () => {
    await page.evaluate(() => {
      window.untouched = true
    })
    await book(second.id, 'Elena Gómez', at(16))
    await stands(page, 'Elena', '4:00', second.name)
    assert.equal(await page.evaluate(() => window.untouched), true)
  })

  await t.test('has no text that is not translated', async () => {
    const pseudo = await open(browser, recado.url)
    await signIn(pseudo, made)
    for (const name of ['day', 'list']) {
      await pseudo.goto(`${base}/calendar?view=${name}&date=${day}&lang=qps`)
      await ready(pseudo, '[data-event]')
      const own = [...NAMES, 'Maria Souza', 'Clínica Bela', 'Diego', 'Somebody', 'Elena', second.name, service.name, 'GMT']
      const words = (await bareTexts(pseudo, own)).filter((text) => !/^(\d|(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(Jan|Febr|March|April|May|June|July|Aug|Sept|Oct|Nov|Dec))/.test(text))
      assert.deepEqual(words, [], name)
    }
    await pseudo.context().close()
  })
})

test('agendas and services are set up', async (t) => {
  const { recado, made, first, service, all, base } = await clinic(t)
  const page = await open(browser, recado.url)
  await signIn(page, made)
  const save = () => page.getByRole('button', { name: 'Save', exact: true }).click()

  for (const path of ['agendas', `agendas/${first.id}`, 'services', `services/${service.id}`]) {
    await page.goto(`${base}/settings/${path}`)
    await ready(page, 'section h2')
    for (const value of ['light', 'dark']) {
      await scheme(page, value)
      await shot(page, `settings-${path.split('/')[0]}${path.includes('/') ? '-one' : ''}-${value}`)
      assert.deepEqual(await faults(page), [], `${path} ${value}`)
    }
    await page.setViewportSize({ width: 390, height: 844 })
    assert.deepEqual(await faults(page), [], `${path} 390`)
    await page.setViewportSize({ width: 1280, height: 800 })
  }
  assert.deepEqual(page.errors, [])

  await page.goto(`${base}/settings/agendas/new`)
  await save()
  await page.getByText('Give the agenda a name.').waitFor()
  await page.getByLabel('Name').fill('Night shift')
  await page.getByLabel('Monday, from').fill('22:00')
  await page.getByLabel('Monday, to').fill('02:00')
  await page.getByText('next day').waitFor()
  await save()
  await page.getByRole('heading', { level: 1, name: 'Night shift' }).waitFor()
  const night = (await all('agendas')).find((agenda) => agenda.name === 'Night shift')
  const hours = (await all('availabilities')).filter((row) => row.agenda === night.id)
  assert.deepEqual(hours.filter((row) => row.weekday === 1).map((row) => [row.start, row.end]), [[1320, 1560]])
  assert.equal(hours.length, 5)

  await page.getByRole('button', { name: 'Add', exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'New exception' })
  const year = new Date().getFullYear() + 1
  await dialog.getByLabel('Date').fill(`${year}-12-24`)
  await dialog.getByLabel('Until').fill(`${year}-12-26`)
  await dialog.getByLabel('Reason').fill('Christmas')
  await dialog.getByRole('button', { name: 'Save 3 days' }).click()
  await dialog.waitFor({ state: 'detached' })
  const closed = (await all('availability_overrides')).map((row) => [row.date, row.windows, row.reason]).toSorted()
  assert.deepEqual(closed, [24, 25, 26].map((date) => [`${year}-12-${date}`, [], 'Christmas']))

  const erase = async () => {
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  }
  await erase()
  await page.getByRole('link', { name: 'Add agenda' }).waitFor()
  assert.deepEqual(page.errors, [])

  await page.goto(`${base}/settings/agendas/${first.id}`)
  await ready(page, 'section h2')
  await erase()
  await page.getByText('It has 3 appointments and cannot be deleted.').waitFor()
  await page.getByRole('button', { name: 'Make it inactive instead' }).waitFor()
  refused(page)

  await page.goto(`${base}/settings/services/new`)
  await page.getByLabel('Name').fill('Peeling')
  await page.getByLabel('Price').fill('199.9')
  await save()
  await page.getByRole('heading', { level: 1, name: 'Peeling' }).waitFor()
  const peeling = (await all('services')).find((one) => one.name === 'Peeling')
  assert.deepEqual([peeling.price, peeling.currency, peeling.duration, peeling.agendas.length], [19990, 'BRL', 30, 2])
  assert.deepEqual(page.errors, [])
})
