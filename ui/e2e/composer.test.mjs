// What one writes with, in the real browser against the real binary: quick replies, quotes, notes that call, changes of
// a message, forwarding, files, drafts, two people at one conversation, ratings.
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
  // a person answers here, so that nothing but what a test does happens
  await team.patch('channels', team.channel.id, { answerer: 'none' })
})
after(async () => {
  await browser?.close()
  await recado?.stop()
})

async function inbox(who = company, options = {}, path = '') {
  const page = await open(browser, recado.url, options)
  await signIn(page, who)
  await page.goto(`/c/${company.company.id}/inbox${path}`)
  return page
}

const rowOf = (page, name) => page.getByRole('listitem').filter({ hasText: name }).getByRole('link')
const bubble = (page, text) => page.locator('[role=log] article', { hasText: text })
const reply = (page) => page.getByRole('textbox', { name: 'Reply' })

async function inspect(page, name, errors = /^$/) {
  await ready(page)
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await shot(page, `${name}-${value}`)
    assert.deepEqual(await faults(page), [], `${name} ${value}`)
  }
  assert.deepEqual(page.errors.filter((text) => !errors.test(text)), [], name)
}

async function choose(page, text, item) {
  // the first one: it may stand as a quote in another
  const message = bubble(page, text).first()
  await message.hover()
  await message.getByRole('button', { name: 'What to do with this message' }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('a quick reply is written in the settings and called up by a slash', async () => {
  const page = await inbox(company, {}, '/../settings/quick-replies')
  await page.getByText('No quick replies of yours yet').waitFor()
  await inspect(page, 'quick-empty')
  await page.getByRole('button', { name: 'New quick reply' }).first().click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('textbox', { name: 'Shortcut' }).fill('welcome')
  await drawer.getByRole('textbox', { name: 'Text' }).fill('Olá ')
  await drawer.getByRole('button', { name: 'First name', exact: true }).click()
  await page.keyboard.type(', aqui é a ')
  await drawer.getByRole('button', { name: 'My first name' }).click()
  await drawer.locator('input[type=file]').setInputFiles([{ name: 'mapa.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF') }])
  await inspect(page, 'quick-drawer')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await page.getByText('/welcome').waitFor()
  await page.getByText('Shared', { exact: true }).click()
  await page.getByRole('button', { name: 'New quick reply' }).first().click()
  await drawer.getByRole('textbox', { name: 'Shortcut' }).fill('hours')
  await drawer.getByRole('textbox', { name: 'Text' }).fill('De segunda a sexta, das 9 às 18.')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await page.getByText('/hours').waitFor()
  await inspect(page, 'quick-list')

  const carla = await team.visitor('Carla Gómez')
  await carla.say('Como chego aí?')
  await page.goto(`/c/${company.company.id}/inbox`)
  await rowOf(page, 'Carla Gómez').click()
  await bubble(page, 'Como chego').waitFor()
  await reply(page).fill('/')
  await page.getByRole('option').nth(1).waitFor()
  await inspect(page, 'quick-suggest')
  await reply(page).pressSequentially('wel')
  await page.getByRole('option', { name: /welcome/ }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByText('mapa.pdf').waitFor()
  assert.equal(await reply(page).inputValue(), 'Olá Carla, aqui é a Maria')
  await page.keyboard.press('Enter')
  await bubble(page, 'Olá Carla').waitFor()
  await team.until(async () => (await carla.messages()).some(({ text, attachments }) => text.startsWith('Olá Carla') && attachments[0]?.name === 'mapa.pdf'))
  assert.deepEqual(page.errors, [])
  await page.context().close()
})

test('a message is quoted, reacted to, edited, forwarded and deleted', async () => {
  const page = await inbox()
  const bruno = await team.visitor('Bruno Lima')
  await bruno.say('Quanto custa a limpeza?')
  await rowOf(page, 'Bruno Lima').click()
  await bubble(page, 'Quanto custa').waitFor()

  await choose(page, 'Quanto custa', 'Reply')
  await page.getByRole('group', { name: 'Replying to Bruno Lima' }).waitFor()
  await page.keyboard.type('Sai por 180')
  await inspect(page, 'message-quoting')
  await page.keyboard.press('Enter')
  await bubble(page, 'Sai por 180').getByRole('button', { name: 'Go to the message of Bruno Lima' }).waitFor()
  await team.until(async () => (await bruno.messages()).some(({ text, quote }) => text === 'Sai por 180' && quote === 'Quanto custa a limpeza?'))

  await choose(page, 'Quanto custa a limpeza?', 'React with 👍')
  await page.getByRole('button', { name: '👍 by Maria Souza' }).first().waitFor()

  await choose(page, 'Sai por 180', 'Edit')
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox', { name: 'New text' }).fill('Sai por 150')
  await inspect(page, 'message-edit')
  await page.keyboard.press('Enter')
  await bubble(page, 'Sai por 150').getByText('edited').waitFor()
  await team.until(async () => (await bruno.messages()).some(({ text }) => text === 'Sai por 150'))

  await choose(page, 'Sai por 150', 'Forward')
  await dialog.getByRole('checkbox', { name: /Carla Gómez/ }).check()
  await inspect(page, 'message-forward')
  await dialog.getByRole('button', { name: 'Send to 1' }).click()
  await page.getByText('Forwarded to 1 conversation').waitFor()

  await choose(page, 'Sai por 150', 'Delete')
  await dialog.getByRole('button', { name: 'Delete' }).click()
  await bubble(page, 'This message was deleted').waitFor()
  await team.until(async () => (await bruno.messages()).some(({ text }) => text === 'Esta mensagem foi apagada.'))
  await inspect(page, 'message-changed')

  await rowOf(page, 'Carla Gómez').click()
  await bubble(page, 'Sai por 150').getByText('Forwarded').waitFor()
  assert.deepEqual(page.errors, [])
  await page.context().close()
})

test('a draft survives switching and reload: words, quote, note, files', async () => {
  const page = await inbox()
  await rowOf(page, 'Bruno Lima').click()
  await choose(page, 'Quanto custa', 'Reply')
  await page.keyboard.type('ainda não')
  await page.locator('input[type=file]').setInputFiles([
    { name: 'um.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF') },
    { name: 'grande.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(30 << 20) },
    { name: 'dois.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%two\n%%EOF') },
  ])
  // one that fails says so and can be tried again; the others wait beside it
  await page.getByRole('button', { name: 'Upload grande.bin again' }).waitFor()
  await inspect(page, 'draft-files', /413/) // browsers log the refused upload
  await rowOf(page, 'Carla Gómez').click()
  await bubble(page, 'Como chego').waitFor()
  assert.equal(await reply(page).inputValue(), '')
  await page.reload()
  await rowOf(page, 'Bruno Lima').click()
  await bubble(page, 'Quanto custa').first().waitFor()
  assert.equal(await reply(page).inputValue(), 'ainda não')
  await page.getByRole('group', { name: 'Replying to Bruno Lima' }).waitFor()
  await page.getByRole('button', { name: 'Remove um.pdf' }).waitFor()
  await reply(page).press('Enter')
  await page.getByRole('button', { name: 'Download dois.pdf' }).waitFor()
  const names = await page.getByRole('button', { name: /^Download (um|dois)/ }).evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
  assert.deepEqual(names, ['Download um.pdf', 'Download dois.pdf'])
  assert.deepEqual(page.errors.filter((text) => !/413/.test(text)), [])
  await page.context().close()
})

test('colleagues are called by a note, seen at the same conversation, and warned of before answering twice', async () => {
  const joao = await team.colleague('João')
  const dora = await team.visitor('Dora Reis')
  await dora.say('Oi, alguém aí?')
  const mine = await inbox()
  const his = await inbox(joao)
  await mine.getByText('Dora Reis').first().waitFor()
  await rowOf(mine, 'Dora Reis').click()
  await rowOf(his, 'Bruno Lima').count()

  // a note calls: a toast on his screen leads there
  await reply(mine).waitFor()
  await mine.keyboard.press('n')
  await mine.locator('textarea:focus').waitFor()
  await mine.keyboard.type('veja isto @jo')
  await mine.getByRole('option', { name: 'João' }).waitFor()
  await inspect(mine, 'mention-suggest')
  await mine.keyboard.press('Enter')
  await mine.keyboard.press('Enter')
  await mine.locator('article[data-side=note] mark', { hasText: '@João' }).waitFor()
  await his.getByText('A colleague mentions you: Dora Reis').waitFor()
  await his.getByRole('button', { name: 'Open', exact: true }).click()
  await his.locator('article[data-side=note]', { hasText: 'veja isto' }).waitFor()

  await mine.getByText('João is looking at this conversation').waitFor({ state: 'attached' })
  await mine.getByRole('button', { name: 'Reply', exact: true }).click()
  await reply(mine).pressSequentially('Oi Dora, sou a Mar')
  await his.getByText('Maria Souza is typing').waitFor()
  await reply(his).fill('Oi Dora!')
  await his.keyboard.press('Enter')
  await mine.getByRole('alert').getByText('João answered a moment ago').waitFor()
  await inspect(mine, 'composer-answered')
  assert.deepEqual(his.errors, [])
  await mine.context().close()
  await his.context().close()
})

test('who was away finds the notes that call them', async () => {
  const nina = await team.colleague('Nina')
  const fabio = await team.visitor('Fábio Luz')
  await fabio.say('Posso pagar em duas vezes?')
  const mine = await inbox()
  await rowOf(mine, 'Fábio Luz').click()
  await reply(mine).waitFor()
  await mine.keyboard.press('n')
  await mine.locator('textarea:focus').waitFor()
  await mine.keyboard.type('o que acha? @ni')
  await mine.getByRole('option', { name: 'Nina' }).click()
  await mine.keyboard.press('Enter')
  await bubble(mine, 'o que acha?').waitFor()

  const hers = await inbox(nina)
  await hers.getByRole('button', { name: '1 mention of you' }).click()
  await rowOf(hers, 'Fábio Luz').getByRole('img', { name: 'A colleague mentions you' }).waitFor()
  await inspect(hers, 'mentions')
  await rowOf(hers, 'Fábio Luz').click()
  await bubble(hers, 'o que acha?').waitFor()
  // looked at: it is no longer among them, here and on the server
  await hers.getByText('No mentions waiting').waitFor()
  await hers.getByRole('button', { name: 'Mentions of you' }).waitFor()
  assert.equal((await team.list('conversations', 'called = true')).length, 0)
  assert.deepEqual(hers.errors, [])
  await mine.context().close()
  await hers.context().close()
})

test('a closed conversation is rated by the customer', async () => {
  await team.patch('companies', company.company.id, { settings: { ...company.company.settings, rating_scale: 5 } })
  const elio = await team.visitor('Elio Prado')
  await elio.say('Obrigado pela ajuda')
  const page = await inbox()
  await rowOf(page, 'Elio Prado').click()
  await reply(page).fill('De nada!')
  await page.keyboard.press('Enter')
  await bubble(page, 'De nada!').getByRole('img', { name: /Sent|Delivered|Read/ }).waitFor()
  const conversation = await team.first('conversations', "contact.name = 'Elio Prado'")
  await page.keyboard.press('Escape')
  await page.keyboard.press('e')
  await page.getByText('closed the conversation').waitFor()
  await team.until(async () => (await elio.messages()).some(({ options }) => options.length === 5))
  await elio.say('5, adorei', {})
  await page.goto(`/c/${company.company.id}/inbox/${conversation.id}`)
  await page.getByText('The customer gave 5 of 5').waitFor()
  await page.getByRole('region', { name: 'Ratings' }).getByText('5 of 5').waitFor()
  await inspect(page, 'rating')
  await page.setViewportSize({ width: 390, height: 844 })
  await inspect(page, 'rating-phone')
  await page.context().close()
})
