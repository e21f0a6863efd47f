// The inbox, in the real browser against the real binary: what comes in, what goes out, what is done with a conversation.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser
let recado
let company
before(async () => {
  browser = await launch()
  recado = await startRecado()
  company = await setUp(recado.url)
})
after(async () => {
  await browser?.close()
  await recado?.stop()
})

async function call(route, { body, auth, method = body ? 'POST' : 'GET' } = {}) {
  const answer = await fetch(recado.url + route, { method, headers: { 'Content-Type': 'application/json', ...(auth ? { Authorization: auth } : {}) }, body: body && JSON.stringify(body) })
  assert.ok(answer.ok, `${route} ${answer.status}`)
  return answer.status === 204 ? undefined : answer.json()
}

/** A visitor of the website: writes, types, and reads what was answered. */
async function visitor(name) {
  const { items } = await call(`/api/collections/channels/records?company=${company.company.id}`, { auth: company.token })
  const { token } = await call(`/api/recado/webchat/${items[0].public_key}/sessions`, { body: { locale: 'pt-BR', name } })
  const auth = `Bearer ${token}`
  let count = 0
  return {
    say: (text) => call('/api/recado/webchat/messages', { auth, body: { clientId: `${name}-${++count}`, text } }),
    typing: (on) => call('/api/recado/webchat/typing', { auth, body: { on } }),
    texts: async () => (await call('/api/recado/webchat/messages', { auth })).items.map(({ text }) => text),
  }
}

async function inbox(options, query = '') {
  const page = await open(browser, recado.url, options)
  await signIn(page, company)
  await page.goto(`/c/${company.company.id}/inbox${query}`)
  return page
}

const rowOf = (page, name) => page.getByRole('listitem').filter({ hasText: name }).getByRole('link')
const bubble = (page, text) => page.locator('[role=log] article', { hasText: text })
const reply = (page) => page.getByRole('textbox', { name: 'Reply' })

async function inspect(page, name) {
  await ready(page)
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await shot(page, `${name}-${value}`)
    assert.deepEqual(await faults(page), [], `${name} ${value}`)
  }
  assert.deepEqual(page.errors, [], name)
}

test('says what to do while there is nothing', async () => {
  const page = await inbox()
  await page.getByText('No open conversations').waitFor()
  await inspect(page, 'inbox-empty')

  // what a button without words is for, to who points at it and to who comes by keyboard
  const hint = page.getByRole('tooltip')
  await page.getByRole('button', { name: 'Show as a board' }).hover()
  await hint.filter({ hasText: 'Show as a board' }).waitFor()
  await page.getByRole('heading', { name: 'Inbox' }).hover()
  await hint.waitFor({ state: 'detached' })
  await page.getByRole('searchbox').focus()
  await page.keyboard.press('Shift+Tab')
  await hint.filter({ hasText: 'Filter' }).waitFor()
  await page.context().close()
})

test('a conversation comes in live, is answered, noted, closed and brought back', async () => {
  const page = await inbox()
  await page.getByText('No open conversations').waitFor()
  const carla = await visitor('Carla Gómez')
  await carla.say('Bom dia!')
  await rowOf(page, 'Carla Gómez').click()
  await bubble(page, 'Bom dia!').waitFor()

  await carla.typing(true)
  await page.getByText('Carla Gómez is typing').waitFor()

  // the keyboard: reply, a new line, send
  await page.keyboard.press('r')
  await page.keyboard.type('Bom dia, Carla')
  await page.keyboard.press('Shift+Enter')
  await page.keyboard.type('em que posso ajudar?')
  await page.keyboard.press('Enter')
  await bubble(page, 'em que posso ajudar?').waitFor()
  await page.getByRole('button', { name: 'Assigned to: Maria Souza' }).waitFor()
  await bubble(page, 'em que posso ajudar?').getByRole('img', { name: /Sent|Delivered|Read/ }).waitFor()
  assert.ok((await carla.texts()).includes('Bom dia, Carla\nem que posso ajudar?'))
  assert.equal(await bubble(page, 'em que posso ajudar?').count(), 1, 'the own echo is not drawn twice')

  // a note stays here
  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await page.keyboard.type('cliente antiga')
  await page.keyboard.press('Enter')
  await page.locator('article[data-side=note]', { hasText: 'cliente antiga' }).waitFor()
  assert.ok(!(await carla.texts()).includes('cliente antiga'))
  await inspect(page, 'inbox-note')

  // files, with the words on the first
  await page.getByRole('button', { name: 'Reply', exact: true }).click()
  const picture = await page.screenshot({ clip: { x: 0, y: 0, width: 320, height: 200 } })
  await page.locator('input[type=file]').setInputFiles([
    { name: 'sala.png', mimeType: 'image/png', buffer: picture },
    { name: 'orçamento.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF') },
  ])
  await reply(page).fill('A sala e o orçamento')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Download orçamento.pdf' }).waitFor()
  await page.locator('img[data-file]').click()
  await page.getByRole('dialog', { name: 'sala.png' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  // closed, and brought back at once
  await page.locator('[role=log]').focus()
  await page.keyboard.press('e')
  await page.getByText('closed the conversation').waitFor()
  await rowOf(page, 'Carla Gómez').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await rowOf(page, 'Carla Gómez').waitFor()
  await page.getByText('reopened the conversation').waitFor()
  assert.deepEqual(page.errors, [])
  await page.context().close()
})

test('a text stays with its conversation, and search finds names and words', async () => {
  const page = await inbox()
  const joao = await visitor('João Araújo')
  await joao.say('Queria o endereço da clínica')
  await rowOf(page, 'João Araújo').click()
  await bubble(page, 'Queria o endereço').waitFor()
  await reply(page).fill('rascunho')
  await rowOf(page, 'Carla Gómez').click()
  await bubble(page, 'Bom dia!').first().waitFor()
  assert.equal(await reply(page).inputValue(), '')
  await rowOf(page, 'João Araújo').click()
  await bubble(page, 'Queria o endereço').waitFor()
  assert.equal(await reply(page).inputValue(), 'rascunho')

  await page.getByRole('searchbox').fill('joao ara')
  await page.getByRole('region', { name: 'Names and phones' }).getByRole('link', { name: /João Araújo/ }).waitFor()
  await page.getByRole('searchbox').fill('endereço da')
  await page.getByRole('region', { name: 'In messages' }).getByRole('link', { name: /João Araújo/ }).waitFor()
  await inspect(page, 'inbox-search')
  await page.getByRole('searchbox').fill('zzzz')
  await page.getByText('Nothing found').waitFor()
  await page.getByRole('searchbox').fill('')

  // the contact is edited where it stands, and shown so in the list
  await page.getByRole('button', { name: 'Name João Araújo' }).click()
  await page.keyboard.press('Control+a')
  await page.keyboard.type('João Pedro')
  await page.keyboard.press('Enter')
  await rowOf(page, 'João Pedro').waitFor()
  assert.deepEqual(page.errors, [])
  await page.context().close()
})

test('on a phone the list and the conversation are pages', async () => {
  const page = await inbox({ viewport: { width: 390, height: 844 }, hasTouch: true })
  await ready(page, '[role=listitem] a')
  await inspect(page, 'inbox-phone-list')
  await rowOf(page, 'Carla Gómez').click()
  await bubble(page, 'Bom dia!').first().waitFor()
  await inspect(page, 'inbox-phone')
  await page.getByRole('button', { name: 'Contact: Carla Gómez' }).click()
  await page.getByRole('dialog').getByRole('heading', { name: 'Appointments' }).waitFor()
  await inspect(page, 'inbox-phone-contact')
  await page.getByRole('dialog').getByRole('button', { name: 'Hide the contact' }).click()
  await page.getByRole('button', { name: 'Back to the list' }).click()
  await rowOf(page, 'Carla Gómez').waitFor()
  await page.context().close()
})

test('no text of the screen is left untranslated', async () => {
  const page = await inbox({}, '?lang=qps')
  await ready(page, '[role=listitem] a')
  await rowOf(page, 'Carla Gómez').click()
  await bubble(page, 'Bom dia!').first().waitFor()
  await ready(page)
  const bare = (await bareTexts(page, ['Clínica Bela', 'Maria Souza', 'Carla Gómez'])).filter((text) => !/\d/.test(text) && !/^(Today|Yesterday)$/.test(text))
  assert.deepEqual(bare, [])
  await page.context().close()
})
