// A WhatsApp number, in the real browser against the real binary and a simulated WhatsApp in a process of its own: linked
// by the QR code on the screen, talked over, restarted, logged out on the phone, linked again.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import jsqr from 'jsqr'
import { desk } from './desk.mjs'
import { binary, faults, freePort, launch, open, ready, scheme, setUp, shot, signIn, startRecado, workday } from './harness.mjs'

const readQR = jsqr.default ?? jsqr

let browser
before(async () => {
  // a microphone that hears a tone
  browser = await launch({ args: ['--no-sandbox', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'] })
})
after(() => browser?.close())

const SHOP = '5511900000001'
const MARIA = '5511911110001'
const JOAO = '5511911110002'
const ANA = '5511911110004'

/** The simulated phones, by their remote control. */
async function simulator(t) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'recado-sim-'))
  const port = await freePort()
  const file = path.join(dir, 'simulator.json')
  const child = spawn(binary(), ['simulator', '--control', `127.0.0.1:${port}`, '--file', file], { stdio: 'ignore' })
  t.after(async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGTERM')
    await ended
    fs.rmSync(dir, { recursive: true, force: true })
  })
  const url = `http://127.0.0.1:${port}`
  const state = async () => (await fetch(`${url}/state`)).json()
  for (let tries = 0; ; tries++) {
    if (await state().then(() => true, () => false)) break
    if (tries > 200) throw new Error('the simulator did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    file,
    async post(what, body) {
      const answer = await fetch(`${url}/${what}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
      if (!answer.ok) throw new Error(`${what}: ${await answer.text()}`)
      return answer.json()
    },
    phone: async (number) => (await state()).find((phone) => phone.number === number),
  }
}

/** What the QR code on the screen says, read from its picture as a phone does. */
async function readCode(picture) {
  const shot = (await picture.screenshot()).toString('base64')
  const page = await browser.newPage()
  const { pixels, width, height } = await page.evaluate(async (source) => {
    const image = new Image()
    image.src = source
    await image.decode()
    const draw = new OffscreenCanvas(image.width, image.height).getContext('2d')
    draw.drawImage(image, 0, 0)
    return { pixels: [...draw.getImageData(0, 0, image.width, image.height).data], width: image.width, height: image.height }
  }, `data:image/png;base64,${shot}`)
  await page.close()
  const code = readQR(Uint8ClampedArray.from(pixels), width, height)
  assert.ok(code, 'the QR code on the screen can be read')
  return code.data
}

/** A voice note is recorded here and arrives as one; one that comes in is played; a file that is gone says so. */
async function voiceNotes({ page, sim, team, conversation, bytes }) {
  await page.getByRole('button', { name: 'Record a voice note' }).click()
  const recorder = page.getByRole('group', { name: 'Recording a voice note' })
  await recorder.getByRole('timer').filter({ hasText: '0:02' }).waitFor()
  await ready(page)
  await shot(page, 'whatsapp-recording')
  assert.deepEqual(await faults(page), [])
  await recorder.getByRole('button', { name: 'Send' }).click()
  await team.until(async () => (await sim.phone(MARIA)).received.some((message) => message.kind === 'ptt'))
  const [file] = await team.list('files', `conversation = '${conversation}'`)
  assert.equal(file.mime, 'audio/ogg')
  assert.equal(file.voice, true)
  assert.equal(file.waveform.length, 88)

  const player = page.getByRole('group', { name: 'Voice note', exact: true })
  await player.getByRole('button', { name: 'Play' }).click()
  await page.waitForFunction(() => Number(document.querySelector('input[type=range]').value) > 0)
  await player.getByRole('button', { name: 'Speed 1×' }).click()
  await player.getByRole('button', { name: 'Speed 1.5×' }).waitFor()

  await sim.post('attach', { number: MARIA, to: SHOP, kind: 'voice', mime: 'audio/ogg; codecs=opus', file: (await bytes(file.id)).toString('base64') })
  await page.waitForFunction(() => document.querySelectorAll('input[type=range]').length === 2)
  const incoming = await team.until(() => team.first('messages', `conversation = '${conversation}' && direction = 'in' && kind = 'audio'`))
  assert.equal(incoming.data.voice, true)
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await ready(page)
    await shot(page, `whatsapp-voice-${value}`)
    assert.deepEqual(await faults(page), [])
  }
  await scheme(page, 'light')
}

/** A customer books with the bot, in her own words; the team sees it on its calendar, and what was said beside. */
async function book({ page, sim, team, base }) {
  await sim.post('phones', { number: ANA, name: 'Ana Prado' })
  const day = workday()
  let heard = 0
  /** Says something and returns what she is answered. */
  async function say(text) {
    await sim.post('say', { number: ANA, to: SHOP, text })
    const answers = await team.until(async () => {
      const { received } = await sim.phone(ANA)
      return received.length > heard && received.slice(heard).map((message) => message.text).join('\n')
    })
    heard = (await sim.phone(ANA)).received.length
    return answers
  }
  assert.match(await say('Oi! Quero marcar um horário'), /qual dia fica melhor/)
  assert.match(await say(`${day.slice(8)}/${day.slice(5, 7)}`), /Horários livres/)
  assert.match(await say('09:30'), /^Tudo certo, Ana! Seu horário está marcado: Avaliação/)
  const appointment = await team.until(() => team.first('appointments', `contact.phone = '+${ANA}'`))
  assert.deepEqual([appointment.status, appointment.source], ['confirmed', 'bot'])
  async function seen() {
    await page.goto(`${base}/calendar?date=${day}`)
    await page.locator('[data-event]').and(page.getByRole('button', { name: /Ana Prado.*9:30/ })).waitFor()
    await page.goto(`${base}/inbox/${appointment.conversation}`)
    await page.getByRole('region', { name: 'Contact' }).getByText('9:30').waitFor()
    await page.getByRole('log').getByText('Quero marcar um horário').waitFor()
  }
  await seen()
  await ready(page)
  await shot(page, 'whatsapp-booked')
  assert.deepEqual(await faults(page), [])
  return { seen }
}

test('a number is linked by the code on the screen, survives a restart, and is linked again', async (t) => {
  const sim = await simulator(t)
  const recado = await startRecado({ RECADO_WHATSAPP_SIMULATOR: sim.file, RECADO_WHATSAPP_PACE_MS: '0' })
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const team = await desk(recado.url, made)
  const base = `/c/${made.company.id}`
  const page = await open(browser, recado.url)
  await signIn(page, made)

  await page.goto(`${base}/settings/channels`)
  await page.getByRole('button', { name: 'Add a channel' }).click()
  await page.getByRole('menuitem', { name: 'WhatsApp number' }).click()
  await page.getByText('Not linked').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'whatsapp-unlinked')

  async function link() {
    await page.getByRole('button', { name: 'Link by QR code' }).click()
    const picture = page.getByRole('img', { name: 'QR code to link the phone by' })
    await picture.waitFor()
    await ready(page)
    await shot(page, 'whatsapp-qr')
    assert.deepEqual(await faults(page), [])
    await sim.post('scan', { number: SHOP, text: await readCode(picture) })
    await page.getByText('Online', { exact: true }).waitFor()
  }
  await link()
  await page.getByText(`+${SHOP}`).first().waitFor()

  // nobody is answered until someone wants it
  const channel = await team.first('channels', `kind = 'whatsapp'`)
  assert.equal(channel.settings.answer, 'nobody')
  const heard = async (text) => team.until(async () => (await sim.phone(MARIA)).received.some((message) => message.text.includes(text)))
  // what she shows of herself stands in the list
  const face = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
  await sim.post('show', { number: MARIA, file: face })
  await sim.post('say', { number: MARIA, to: SHOP, text: 'Boa tarde' })
  const first = await team.until(() => team.first('messages', `channel = '${channel.id}' && text = 'Boa tarde'`))
  await page.goto(`${base}/inbox`)
  await page.locator(`[role=listitem] img[src^="data:image/png"]`).first().waitFor()
  await page.getByText('Maria').first().click()
  await page.getByText('Boa tarde').first().waitFor()
  await team.reply(first.conversation, 'Olá, Maria!')
  await heard('Olá, Maria!')
  await page.goto(`${base}/inbox/${first.conversation}`)
  const bytes = async (file) => Buffer.from(await (await fetch(`${recado.url}/api/recado/files/${file}?company=${made.company.id}`, { headers: { Authorization: made.token } })).arrayBuffer())
  await voiceNotes({ page, sim, team, conversation: first.conversation, bytes })

  // the bot, once it is switched on
  await page.goto(`${base}/settings/channels/${channel.id}`)
  await page.getByLabel('Answer without a person').selectOption('everyone')
  await page.getByText('In the last 24 hours no chat').waitFor()
  await ready(page)
  await shot(page, 'whatsapp-answer')
  await page.getByRole('button', { name: 'Save' }).click()
  await team.until(async () => (await team.first('channels', `kind = 'whatsapp'`)).settings.answer === 'everyone')

  const booked = await book({ page, sim, team, base })
  await recado.restart()
  await team.until(async () => (await sim.phone(SHOP)).online)
  page.errors.length = 0 // what a server that was away leaves in the console
  await sim.post('say', { number: MARIA, to: SHOP, text: 'Depois do reinício' })
  await team.until(() => team.first('messages', `channel = '${channel.id}' && text = 'Depois do reinício'`))
  await booked.seen()

  // what was said before, with a file that is loaded when it is wanted
  const now = (await team.first('channels', `kind = 'whatsapp'`)).settings
  await team.patch('channels', channel.id, { settings: { ...now, history_days: 7 } })
  await sim.post('history', { number: SHOP, to: MARIA, text: 'Ontem', file: face })
  const past = await team.until(() => team.first('messages', `channel = '${channel.id}' && text = 'Ontem'`))
  assert.equal(past.data.file, 'earlier')
  await page.goto(`${base}/inbox/${past.conversation}`)
  await page.getByText('from before the number was linked').waitFor()
  await ready(page)
  await shot(page, 'whatsapp-earlier')
  assert.deepEqual(await faults(page), [])
  await page.getByRole('button', { name: 'Load', exact: true }).click()
  await page.locator('img[data-file]').waitFor()

  // a group, whose participants have names
  await page.goto(`${base}/settings/channels/${channel.id}`)
  await page.getByLabel('Groups').selectOption('read_only')
  await page.getByRole('button', { name: 'Save' }).click()
  await team.until(async () => (await team.first('channels', `kind = 'whatsapp'`)).settings.groups === 'read_only')
  const group = await sim.post('group', { name: 'Fornecedores', number: MARIA, to: SHOP })
  await sim.post('group-say', { number: MARIA, id: group.id, text: 'Chegou a entrega' })
  await page.goto(`${base}/inbox`)
  await page.getByText('Fornecedores').first().click()
  await page.getByText('Chegou a entrega').last().waitFor()
  await page.getByText('Groups are only read on this channel').waitFor()
  const box = page.getByRole('textbox', { name: 'Reply' })
  assert.equal(await box.isDisabled(), true)
  assert.equal(await page.getByRole('button', { name: 'Send' }).isDisabled(), true)
  const modes = page.getByRole('group', { name: 'What you write' })
  await modes.getByRole('button', { name: 'Note' }).click()
  assert.equal(await page.getByRole('textbox', { name: 'Note for colleagues' }).isEnabled(), true)
  await modes.getByRole('button', { name: 'Reply' }).click()
  await ready(page)
  await shot(page, 'whatsapp-group')
  assert.deepEqual(await faults(page), [])

  // someone who never wrote, by their number
  await page.getByRole('button', { name: 'New conversation' }).click()
  await page.getByLabel('Name or phone number').fill('+55 11 91111-0002')
  await page.getByRole('button', { name: 'Write to +55 11 91111-0002' }).click()
  await page.getByLabel('Name (optional)').fill('João')
  await ready(page)
  await shot(page, 'whatsapp-new')
  assert.deepEqual(await faults(page), [])
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('textbox', { name: 'Reply' }).fill('Olá, João!')
  await page.keyboard.press('Enter')
  await team.until(async () => (await sim.phone(JOAO)).received.some((message) => message.text === 'Olá, João!'))

  // the next one waits, and says until when
  const settings = (await team.first('channels', `kind = 'whatsapp'`)).settings
  await team.patch('channels', channel.id, { settings: { ...settings, cold_limit: 1 } })
  await sim.post('phones', { number: '5511911110003', name: 'Rui' })
  await page.getByRole('button', { name: 'New conversation' }).click()
  await page.getByLabel('Name or phone number').fill('+5511911110003')
  await page.getByRole('button', { name: 'Write to' }).click()
  const before = page.url()
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.waitForURL((url) => url.href !== before) // the box of the one before would take the words
  await ready(page)
  await page.getByRole('textbox', { name: 'Reply' }).fill('Olá, Rui!')
  await page.keyboard.press('Enter')
  await page.getByText('Waits until').waitFor()
  await ready(page)
  await shot(page, 'whatsapp-waits')
  assert.deepEqual(await faults(page), [])

  await page.goto(`${base}/settings/channels/${channel.id}`)
  await page.getByText('Online', { exact: true }).waitFor()
  await page.getByText('1 of 1 within the last 24 hours').waitFor()
  await ready(page)
  await shot(page, 'whatsapp-settings')
  assert.deepEqual(await faults(page), [])
  await sim.post('unlink', { number: SHOP })
  await page.getByText('Logged out').waitFor()
  await ready(page)
  await shot(page, 'whatsapp-logged-out')
  assert.deepEqual(await faults(page), [])

  // after five minutes it is said on every screen, with what waits
  await page.clock.setFixedTime(Date.now() + 6 * 60_000)
  for (const screen of ['inbox', 'contacts', 'settings/company', 'calendar']) {
    await page.goto(`${base}/${screen}`)
    await page.getByText('has been off for more than 5 minutes').waitFor()
  }
  await page.getByText('1 message waits').waitFor()
  await ready(page)
  await shot(page, 'whatsapp-off')
  await page.getByRole('link', { name: 'What to do' }).click()
  await page.getByText('Logged out').waitFor()

  await page.setViewportSize({ width: 390, height: 844 })
  await scheme(page, 'dark')
  await ready(page)
  await shot(page, 'whatsapp-phone-dark')
  assert.deepEqual(await faults(page), [])
  await link()
  await sim.post('say', { number: MARIA, to: SHOP, text: 'De volta' })
  const last = await team.until(() => team.first('messages', `channel = '${channel.id}' && text = 'De volta'`))
  assert.equal(last.conversation, first.conversation)
  assert.equal((await team.list('messages', `conversation = '${first.conversation}' && direction = 'in'`)).length, 4)
  await page.setViewportSize({ width: 1280, height: 800 })
  await booked.seen()
  assert.deepEqual(page.errors, [])
})

test('a second Recado on the same data folder says who has the numbers, in each language', async (t) => {
  const recado = await startRecado()
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const team = await desk(recado.url, made)
  const channel = await team.create('channels', { kind: 'whatsapp', name: 'Recepção', answerer: 'bot', active: true })
  const second = await startRecado({ RECADO_DIR: recado.dir })
  t.after(() => second.stop())
  const page = await open(browser, second.url)
  await signIn(page, made)
  const words = (language, file) => JSON.parse(fs.readFileSync(path.resolve(import.meta.dirname, `../src/locales/${language}/${file}.json`), 'utf8'))
  for (const language of ['en', 'pt-BR', 'es']) {
    await page.goto(`/c/${made.company.id}/settings/channels/${channel.id}?lang=${language}`)
    await page.getByRole('button', { name: words(language, 'settings').number.byQR }).click()
    await page.getByText(words(language, 'app').error.numbers_elsewhere).first().waitFor()
    await ready(page)
    await shot(page, `whatsapp-elsewhere-${language}`)
    assert.deepEqual(await faults(page), [])
  }
  assert.deepEqual(page.errors.filter((error) => !error.includes('409')), [])
})

test('recado simulate is tried without a phone: its phone takes the code from the screen, its customers chat', async (t) => {
  const port = await freePort()
  const recado = await startRecado({}, '127.0.0.1', ['simulate', '--control', `127.0.0.1:${port}`])
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const team = await desk(recado.url, made)
  const channel = await team.create('channels', { kind: 'whatsapp', name: 'Recepção', answerer: 'bot', active: true })
  const page = await open(browser, recado.url)
  await signIn(page, made)
  const phones = await open(browser, `http://127.0.0.1:${port}`)
  await phones.goto('/')
  const phone = (name) => phones.locator('section').filter({ has: phones.getByRole('heading', { name }) })
  await phone('The team').getByText('not linked').waitFor()

  await page.goto(`/c/${made.company.id}/settings/channels/${channel.id}`)
  await page.getByRole('button', { name: 'Link by QR code' }).click()
  const picture = page.getByRole('img', { name: 'QR code to link the phone by' })
  await picture.waitFor()
  // what a browser hands over of a picture that is dragged from one page to another
  const dragged = async (html) => {
    const data = await phones.evaluateHandle((html) => {
      const data = new DataTransfer()
      data.setData('text/html', html)
      return data
    }, html)
    await phone('The team').dispatchEvent('drop', { dataTransfer: data })
  }
  await dragged('<img alt="a cat">')
  await phones.getByText('That is no QR code of Recado.').waitFor()
  await dragged(await picture.evaluate((image) => image.outerHTML))
  await page.getByText('Online', { exact: true }).waitFor()
  await phone('The team').getByText('linked, online').waitFor()

  await phone('Maria').getByLabel('Message to the team').fill('Oi, tudo bem?')
  await phone('Maria').getByRole('button', { name: 'Send' }).click()
  const { conversation } = await team.until(() => team.first('messages', `channel = '${channel.id}' && text = 'Oi, tudo bem?'`))
  await page.goto(`/c/${made.company.id}/inbox/${conversation}`)
  await page.getByRole('log').getByText('Oi, tudo bem?').waitFor()
  await page.getByRole('textbox', { name: 'Reply' }).fill('Tudo ótimo!')
  await page.keyboard.press('Enter')
  await phone('Maria').getByText('Tudo ótimo!').waitFor()
  await shot(phones, 'whatsapp-simulate')
  assert.deepEqual(await faults(phones), [])

  await phone('The team').getByRole('button', { name: 'Unlink on the phone' }).click()
  await phone('The team').getByText('not linked').waitFor()
  await team.until(async () => (await team.first('channels', `kind = 'whatsapp'`)).state === 'logged_out')
  assert.deepEqual([...page.errors, ...phones.errors.filter((error) => !error.includes('404'))], [])
})

test('someone is written to from their contact and their appointment, and what waited too long is sent anyway', async (t) => {
  const sim = await simulator(t)
  const recado = await startRecado({ RECADO_WHATSAPP_SIMULATOR: sim.file, RECADO_WHATSAPP_PACE_MS: '0' })
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const team = await desk(recado.url, made)
  const route = (path) => `/api/recado/${path}?company=${made.company.id}`
  const channel = await team.create('channels', { kind: 'whatsapp', name: 'Recepção', answerer: 'bot', active: true })
  await team.call('POST', route(`channels/${channel.id}/connect`), {})
  await sim.post('scan', { number: SHOP, text: await team.until(async () => (await team.call('GET', route(`channels/${channel.id}/link`))).qr) })
  await team.until(async () => (await team.first('channels', `kind = 'whatsapp'`)).state === 'online')
  const joao = await team.create('contacts', { name: 'João Lima', phone: `+${JOAO}` })

  const base = `/c/${made.company.id}`
  const page = await open(browser, recado.url)
  await signIn(page, made)
  await page.goto(`${base}/contacts/${joao.id}`)
  await page.getByRole('button', { name: 'Write on WhatsApp' }).click()
  await ready(page)
  await shot(page, 'whatsapp-write')
  assert.deepEqual(await faults(page), [])
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.getByRole('textbox', { name: 'Reply' }).fill('Olá, João!')
  await page.keyboard.press('Enter')
  await team.until(async () => (await sim.phone(JOAO)).received.some((message) => message.text === 'Olá, João!'))
  const message = await team.until(() => team.first('messages', `text = 'Olá, João!' && status = 'delivered'`))

  const { token } = await (
    await fetch(`${recado.url}/api/collections/_superusers/auth-with-password`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ identity: made.superuser.email, password: made.superuser.password }),
    })
  ).json()
  await fetch(`${recado.url}/api/collections/messages/records/${message.id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: token },
    body: JSON.stringify({ status: 'failed', error: 'expired' }),
  })
  await page.getByText('it waited too long. Send it anyway?').waitFor()
  await ready(page)
  await shot(page, 'whatsapp-expired')
  assert.deepEqual(await faults(page), [])
  await page.getByRole('button', { name: 'Send again' }).click()
  await team.until(async () => (await team.first('messages', `id = '${message.id}'`)).status === 'delivered')

  // beside a card of the calendar, whose clicks outside close it
  await sim.post('phones', { number: ANA, name: 'Ana' })
  const ana = await team.create('contacts', { name: 'Ana Prado', phone: `+${ANA}` })
  const day = workday()
  const [agenda, service] = [await team.first('agendas', ''), await team.first('services', '')]
  await team.call('POST', `/api/recado/agendas/${agenda.id}/book`, { service: service.id, contact: ana.id, start: `${day}T13:00:00Z` })
  await page.goto(`${base}/calendar?date=${day}`)
  await page.locator('[data-event]').and(page.getByRole('button', { name: /Ana Prado/ })).click()
  await page.getByRole('button', { name: 'Write on WhatsApp' }).click()
  await ready(page)
  await shot(page, 'whatsapp-write-appointment')
  assert.deepEqual(await faults(page), [])
  await page.getByRole('button', { name: 'Begin' }).click()
  await page.waitForURL(/inbox/)
  await page.getByRole('textbox', { name: 'Reply' }).fill('Olá, Ana!')
  await page.keyboard.press('Enter')
  await team.until(async () => (await sim.phone(ANA)).received.some((message) => message.text === 'Olá, Ana!'))
  assert.deepEqual(page.errors, [])
})
