// The chat widget in a real browser, on a page of another origin, over plain http, under a strict page policy.
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { desk } from './desk.mjs'
import { faults, launch, open, setUp, shot, startRecado } from './harness.mjs'

const PAGE_POLICY = (api) => `default-src 'none'; script-src ${api}; connect-src ${api}; img-src blob:; style-src 'none'`

// a picture of 160 × 110 pixels, drawn by the browser itself
const picture = async (page) =>
  Buffer.from(
    await page.evaluate(() => {
      const c = Object.assign(document.createElement('canvas'), { width: 160, height: 110 })
      const g = c.getContext('2d')
      g.fillStyle = '#cfe8dc'
      g.fillRect(0, 0, 160, 110)
      g.fillStyle = '#0b7450'
      g.beginPath()
      g.arc(80, 62, 30, 0, 7)
      g.fill()
      return c.toDataURL().split(',')[1]
    }),
    'base64',
  )
const paper = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF')

const greeting = 'Hello! How can we help?'
let recado
let server
let shop
let shopURL
let browser
let page
let conversation

/** A page of somebody else with the snippet on it; ?locale=… becomes data-locale=… */
function servePage(request, response) {
  const { searchParams, pathname } = new URL(request.url, 'http://shop.test')
  if (pathname !== '/') return response.writeHead(404).end()
  const attributes = [...searchParams].map(([name, value]) => ` data-${name}="${value}"`).join('')
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': PAGE_POLICY(recado.url) })
  response.end(
    `<!doctype html><html lang="en"><title>Shop</title><meta name="viewport" content="width=device-width"><main><h1>A shop</h1><p>Everything must go.</p></main>` +
      `<script src="${recado.url}/widget.js" data-channel="${server.channel.public_key}"${attributes} async></script></html>`,
  )
}

before(async () => {
  recado = await startRecado()
  server = await desk(recado.url, await setUp(recado.url))
  shop = http.createServer(servePage)
  await new Promise((done) => shop.listen(0, '127.0.0.1', done))
  shopURL = `http://shop.test:${shop.address().port}`
  await server.patch('channels', server.channel.id, {
    origins: [shopURL],
    answerer: 'none',
    settings: { title: 'Aurora Clinic', greeting, color: '#0b7450', privacy_url: 'https://example.com/privacy' },
  })
  browser = await launch({ args: ['--no-sandbox', '--host-resolver-rules=MAP shop.test 127.0.0.1'] })
})
after(async () => {
  await browser?.close()
  shop?.close()
  await recado?.stop()
})

const problems = []

async function visit(query = '', { width = 1100, height = 760, scheme = 'light', locale = 'en-US' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale, deviceScaleFactor: 2, reducedMotion: 'reduce', hasTouch: width < 500 })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  page.on('pageerror', (e) => problems.push(String(e)))
  page.on('console', (m) => m.type() === 'error' && !/ERR_INTERNET_DISCONNECTED|style-src|Failed to load resource/.test(m.text()) && problems.push(m.text()))
  await page.goto(`${shopURL}/${query}`)
  await page.locator('.launcher').waitFor()
  return page
}

const clean = async (page) => {
  const { violations } = await new AxeBuilder({ page }).include('recado-chat').withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']).analyze()
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(' | ')}`), [])
}
const bubbles = (page) => page.locator('.bubble').allInnerTexts()
const write = async (page, text) => {
  await page.locator('textarea').fill(text)
  await page.locator('textarea').press('Enter')
}
const focused = (page) => page.evaluate(() => document.querySelector('recado-chat').shadowRoot.activeElement?.className ?? '')

test('opens by keyboard, greets, and gives the focus back', async () => {
  page = await visit()
  await clean(page)
  await page.locator('.launcher').focus()
  await page.keyboard.press('Enter')
  assert.deepEqual(await bubbles(page), [greeting])
  assert.equal(await page.evaluate(() => document.querySelector('recado-chat').shadowRoot.activeElement.tagName), 'TEXTAREA')
  await page.keyboard.press('Escape')
  assert.match(await focused(page), /launcher/)
  await page.locator('.launcher').click()
})

test('sends, and shows that it arrived', async () => {
  await write(page, 'Hi! Do you have time on Friday?')
  await page.locator('.sent').waitFor()
  conversation = await server.first('conversations')
  assert.equal(conversation.preview, 'Hi! Do you have time on Friday?')
})

test('shows the answer, its buttons and typing; announces each text once', async () => {
  await page.waitForTimeout(400) // the history counts as read before the log goes live
  await page.evaluate(() => {
    const log = document.querySelector('recado-chat').shadowRoot.querySelector('[role=log]')
    window.announced = []
    new MutationObserver((list) => {
      for (const { addedNodes } of list) for (const n of addedNodes) if (!n.parentElement?.closest('[aria-live=off]') && n.getAttribute?.('aria-live') !== 'off') window.announced.push(n.textContent)
    }).observe(log, { childList: true, subtree: true })
  })
  await server.typing(conversation.id, true)
  await page.locator('.dots').waitFor()
  await shot(page, 'widget-typing')
  await server.reply(conversation.id, 'Yes: Friday at 15:00 or 16:30 are free. More on https://example.com/prices.')
  await page.getByText('15:00 or 16:30').waitFor()
  await page.locator('.dots').waitFor({ state: 'detached' })
  await page.locator('.read').waitFor()
  const announced = await page.evaluate(() => window.announced)
  assert.equal(announced.filter((a) => a.includes('15:00 or 16:30')).length, 1, JSON.stringify(announced))
  assert.ok(!announced.some((a) => a.includes('Hi! Do you')), 'the visitor’s own words are announced')
  assert.equal(await page.locator('.bubble a').getAttribute('href'), 'https://example.com/prices')
})

test('offers the buttons of the bot, and sends the chosen one', async () => {
  await server.patch('channels', server.channel.id, { answerer: 'bot' })
  await server.patch('conversations', conversation.id, { answerer: 'bot' })
  await write(page, 'Which options are there?')
  await page.locator('.options button').first().waitFor()
  await clean(page)
  await shot(page, 'widget-options')
  const label = await page.locator('.options button').first().innerText()
  await page.locator('.options button').first().click()
  assert.equal(await page.evaluate(() => document.querySelector('recado-chat').shadowRoot.activeElement.localName), 'textarea')
  const chosen = await server.until(() => server.first('messages', `payload != ''`))
  assert.equal(chosen.text, label)
  await server.patch('channels', server.channel.id, { answerer: 'none' })
  await server.reply(conversation.id, 'I take it from here.')
  await page.getByText('I take it').waitFor()
  await page.locator('.options').waitFor({ state: 'detached' })
})

test('sends pictures and PDFs, refuses the rest before uploading', async () => {
  const input = page.locator('input[type=file]')
  await input.setInputFiles({ name: 'tooth.png', mimeType: 'image/png', buffer: await picture(page) })
  await page.locator('.picture img').waitFor()
  await input.setInputFiles({ name: 'insurance card.pdf', mimeType: 'application/pdf', buffer: paper })
  await page.locator('button.file').waitFor()
  await input.setInputFiles({ name: 'page.html', mimeType: 'text/html', buffer: Buffer.from('<script>') })
  await page.getByText('Only photos').waitFor()
  await shot(page, 'widget-files')
  await clean(page)
  await page.getByRole('button', { name: 'Delete' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('button.file').click()])
  assert.equal(download.suggestedFilename(), 'insurance card.pdf')
})

test('survives a reload: same visitor, same conversation', async () => {
  const before = await bubbles(page)
  await page.reload()
  await page.locator('.launcher').click()
  await page.locator('.picture img').waitFor()
  assert.deepEqual(await bubbles(page), before)
  assert.equal((await server.list('conversations')).length, 1)
})

test('keeps what is written offline, in order, and sends it when the line is back', async () => {
  await page.context().setOffline(true)
  for (const n of [1, 2, 3]) await write(page, `offline ${n}`)
  await page.locator('.note').waitFor()
  assert.equal(await page.locator('.sending').count(), 1) // one clock for the group
  await shot(page, 'widget-offline')
  await page.reload().catch(() => {}) // the page itself can't be loaded now
  await page.context().setOffline(false)
  await page.goto(shopURL)
  await page.locator('.launcher').click()
  await page.getByText('offline 3').waitFor()
  await server.until(async () => (await server.list('messages', `text ~ 'offline'`, 'id')).length === 3)
  assert.deepEqual((await server.list('messages', `text ~ 'offline'`, 'id')).map((m) => m.text), ['offline 1', 'offline 2', 'offline 3'])
  await page.locator('.sending').waitFor({ state: 'detached' })
})

test('counts what came while it was closed', async () => {
  await page.locator('textarea').press('Escape')
  await server.reply(conversation.id, 'Booked! See you on Friday.')
  await page.locator('.badge').waitFor()
  assert.equal(await page.locator('.badge').innerText(), '1')
  assert.match(await page.locator('.launcher').getAttribute('aria-label'), /1 unread/)
  assert.match(await page.locator('.sr[role=status]').last().innerText(), /Booked!/)
  await shot(page, 'widget-unread')
  await page.locator('.launcher').click()
  await page.locator('.badge').waitFor({ state: 'detached' })
  await server.until(async () => (await server.first('messages', `text ~ 'Booked'`)).status === 'read')
})

test('says when a text is too long, and does not send it', async () => {
  await page.locator('textarea').fill('x'.repeat(4001))
  await page.getByText('at most 4000').waitFor()
  assert.ok(await page.locator('.send').isDisabled())
  await page.locator('textarea').fill('')
})

test('reads right to left where the text does', async () => {
  await server.reply(conversation.id, 'مرحبا! موعدك يوم الجمعة.')
  const bubble = page.getByText('مرحبا')
  await bubble.waitFor()
  assert.equal(await bubble.evaluate((el) => getComputedStyle(el).direction), 'rtl')
  await write(page, 'Perfect, thank you! 🎉')
  await page.locator('.sending').waitFor({ state: 'detached' })
  await shot(page, 'widget-light')
  await clean(page)
})

for (const [name, options, query] of [
  ['dark', { scheme: 'dark' }, ''],
  ['phone', { width: 390, height: 780 }, ''],
  ['phone-dark', { width: 390, height: 780, scheme: 'dark' }, ''],
  ['pt-br', { locale: 'pt-BR' }, '?locale=pt-BR&color=%237c3aed&title=Cl%C3%ADnica%20Aurora&greeting=Ol%C3%A1!%20Como%20podemos%20ajudar%3F'],
  ['es', { locale: 'es-MX' }, '?color=%23f59e0b'],
]) {
  test('looks right: ' + String(name), async () => {
    const other = await visit(query, options)
    await other.evaluate((kept) => {
      for (const [key, value] of kept) localStorage.setItem(key, value)
    }, await page.evaluate(() => Object.entries(localStorage)))
    await other.reload()
    await other.locator('.launcher').click()
    await other.locator('.picture img').waitFor()
    await other.getByText('Perfect, thank you').waitFor()
    await shot(other, 'widget-' + String(name))
    await clean(other)
    if (options.width) {
      assert.equal(await other.evaluate(() => document.documentElement.scrollWidth), 390)
      assert.equal(await other.locator('.panel').evaluate((el) => el.getBoundingClientRect().width), 390)
      for (let i = 0; i < 30; i++) {
        await other.keyboard.press('Tab')
        assert.ok(await other.evaluate(() => document.activeElement.localName === 'recado-chat'), 'the focus left the panel')
      }
    }
    await other.context().close()
  })
}

test('has a demo page of its own', async () => {
  const demo = await open(browser, recado.url, { locale: 'pt-BR' })
  for (const value of ['light', 'dark']) {
    await demo.emulateMedia({ colorScheme: value, reducedMotion: 'reduce' })
    await demo.goto('/demo')
    await demo.locator('.launcher').click()
    await demo.locator('textarea').waitFor()
    assert.deepEqual(await faults(demo), [])
    await shot(demo, 'demo-' + value)
  }
  await demo.setViewportSize({ width: 390, height: 780 })
  assert.deepEqual(await faults(demo), [])
  assert.deepEqual(demo.errors, [])
  await demo.context().close()
})

test('is refused on a page that is not allowed, and says so to the owner only', async () => {
  await server.patch('channels', server.channel.id, { origins: [] })
  const context = await browser.newContext()
  const other = await context.newPage()
  const warned = other.waitForEvent('console', (m) => m.text().includes('Recado chat'))
  await other.goto(shopURL)
  assert.match((await warned).text(), /may not use this chat/)
  assert.equal(await other.locator('.launcher').count(), 0)
  await context.close()
})

test('left no error on the page', () => assert.deepEqual(problems, []))
