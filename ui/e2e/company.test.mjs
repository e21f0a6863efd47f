// What a company says of itself, whom its invoices are for, and its own domains, proven by a name server on loopback.
// In the real browser against the real binary.
import assert from 'node:assert/strict'
import dgram from 'node:dgram'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser, recado, owner, team, dns
const texts = new Map() // TXT records by name

/** A name server that knows `texts`. */
async function nameServer() {
  const socket = dgram.createSocket('udp4')
  socket.on('message', (question, from) => {
    const labels = []
    let at = 12
    for (; question[at]; at += question[at] + 1) labels.push(question.toString('latin1', at + 1, at + 1 + question[at]))
    const asked = question.subarray(12, at + 5) // name, type, class
    const text = texts.get(labels.join('.').toLowerCase())
    const head = Buffer.from([question[0], question[1], 0x85, text ? 0x80 : 0x83, 0, 1, 0, text ? 1 : 0, 0, 0, 0, 0])
    const answer = text ? Buffer.concat([Buffer.from([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 1, 0, text.length + 1, text.length]), Buffer.from(text)]) : Buffer.alloc(0)
    socket.send(Buffer.concat([head, asked, answer]), from.port, from.address)
  })
  await new Promise((done) => socket.bind(0, '127.0.0.1', done))
  return socket
}

/** The status and the place of an answer to a host's name. */
const at = (host, path) =>
  new Promise((resolve, reject) => {
    http
      .get(recado.url + path, { headers: { host } }, (answer) => {
        answer.resume()
        resolve([answer.statusCode, answer.headers.location])
      })
      .on('error', reject)
  })

before(async () => {
  dns = await nameServer()
  browser = await launch()
  recado = await startRecado({ RECADO_DNS: `127.0.0.1:${dns.address().port}` })
  owner = await setUp(recado.url)
  team = await desk(recado.url, owner)
})
after(async () => {
  await browser?.close()
  await recado?.stop()
  dns?.close()
})

test('a company: profile, invoices, domains', async (t) => {
  const page = await open(browser, recado.url, { viewport: { width: 1280, height: 900 } })
  await signIn(page, owner)
  const base = `/c/${owner.company.id}/settings`
  const go = async (path) => {
    await page.goto(`${base}/${path}`)
    await ready(page, 'h1')
  }
  const company = () => team.first('companies', `id = '${owner.company.id}'`)

  await t.test('what it says of itself', async () => {
    await go('company')
    await page.getByRole('combobox', { name: 'Kind of business' }).click()
    await page.getByRole('option', { name: 'Something else' }).click()
    await page.getByRole('textbox', { name: 'Which' }).fill('Chimney sweep')
    await page.getByRole('combobox', { name: 'People' }).click()
    await page.getByRole('option', { name: '11-50' }).click()
    await page.getByRole('textbox', { name: 'Website' }).fill('sweep.example.com')
    await page.getByRole('textbox', { name: 'Phone' }).fill('11 98765-4321')
    await shot(page, 'company-profile')
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.getByText('Saved').first().waitFor()
    await page.waitForFunction(() => document.querySelector('input[inputmode=url]')?.value === 'https://sweep.example.com')
    const now = await company()
    assert.deepEqual([now.kind, now.kind_other, now.size, now.website, now.phone], ['other', 'Chimney sweep', '11-50', 'https://sweep.example.com', '+5511987654321'])
  })

  await t.test('what a person says of herself', async () => {
    await go('profile')
    await page.getByRole('textbox', { name: 'Phone' }).fill('11 98765-4322')
    await page.getByRole('textbox', { name: 'Job title' }).fill('Founder')
    await page.getByRole('button', { name: 'Save' }).first().click()
    await page.waitForFunction(() => document.querySelector('input[type=tel]')?.value === '+5511987654322')
    await shot(page, 'profile')
    assert.deepEqual(await faults(page), [])
  })

  await t.test('whom its invoices are for', async () => {
    await go('company')
    await page.getByRole('textbox', { name: 'Legal name' }).fill('Sweep Ltda')
    await page.getByRole('textbox', { name: 'Tax number' }).fill('12.345.678/0001-90')
    await page.getByRole('textbox', { name: 'E-mail of the payer' }).fill('pay@sweep.example.com')
    const section = page.locator('section').filter({ hasText: 'Invoices to' })
    await section.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved').first().waitFor()
    await section.scrollIntoViewIfNeeded()
    await shot(page, 'company-billing')
    await go('company')
    await page.waitForFunction(() => [...document.querySelectorAll('input')].some((input) => input.value === 'Sweep Ltda'))
  })

  await t.test('a domain is added, proven and removed', async () => {
    const section = page.locator('section').filter({ hasText: 'Your booking page and your chat' })
    await section.getByText('No domain yet').scrollIntoViewIfNeeded()
    await shot(page, 'domains-none')
    assert.deepEqual(await faults(page), [])
    const field = section.getByRole('textbox', { name: 'Domain' })
    await field.fill('sweep')
    await section.getByRole('button', { name: 'Add' }).click()
    await section.getByText('This is not a domain.').waitFor()
    await field.fill('Book.Sweep.Example')
    await section.getByRole('button', { name: 'Add' }).click()
    const card = section.getByRole('group', { name: 'book.sweep.example', exact: true })
    await card.getByText('Not proven yet').waitFor()
    await card.getByRole('button', { name: 'Check now' }).click()
    await card.getByText('There is no such TXT record yet').waitFor()
    await card.scrollIntoViewIfNeeded()
    await shot(page, 'domains-missing')
    assert.deepEqual(await faults(page), [])
    await scheme(page, 'dark')
    await shot(page, 'domains-dark')
    assert.deepEqual(await faults(page), [])
    await scheme(page, 'light')

    texts.set('_recado.book.sweep.example', await card.locator('code').nth(1).innerText())
    await card.getByRole('button', { name: 'Check now' }).click()
    await card.getByText('Your booking page is at this address.').waitFor()
    await shot(page, 'domains-proven')
    assert.deepEqual(await at('book.sweep.example', '/'), [302, `/book/${(await company()).slug}`])
    assert.equal((await at('book.sweep.example', '/widget.js'))[0], 200)
    for (const path of ['/login', '/_/', '/api/health', '/index.html']) assert.equal((await at('book.sweep.example', path))[0], 404, path)

    await card.getByRole('button', { name: 'Remove' }).click()
    await page.getByText('Remove book.sweep.example?').waitFor()
    await page.getByRole('button', { name: 'Remove' }).last().click()
    await section.getByText('No domain yet').waitFor()
    assert.equal((await at('book.sweep.example', '/widget.js'))[0], 404)
    assert.equal((await at('127.0.0.1', '/login'))[0], 200)
  })

  await t.test('it is said in three languages and fits a phone', async () => {
    await team.create('company_domains', { name: 'agenda.sweep.example' })
    const phone = await open(browser, recado.url, { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true })
    await signIn(phone, owner)
    for (const [lang, title] of [['pt-BR', 'Domínios'], ['es', 'Dominios'], ['qps', '']]) {
      await phone.goto(`${base}/company?lang=${lang}`)
      await ready(phone, 'h1')
      const card = phone.getByRole('group', { name: 'agenda.sweep.example', exact: true })
      await card.scrollIntoViewIfNeeded()
      if (title) await phone.getByRole('heading', { name: title, exact: true }).waitFor()
      await shot(phone, `domains-phone-${lang}`)
      assert.deepEqual(await faults(phone), [], lang)
    }
    assert.ok(!(await bareTexts(phone, [])).some((text) => /domain|invoice|TXT/i.test(text)))
    assert.deepEqual(phone.errors, [])
    await phone.context().close()
  })
  // what is no domain was refused
  assert.deepEqual(page.errors.filter((text) => !text.includes('status of 400')), [])
})
