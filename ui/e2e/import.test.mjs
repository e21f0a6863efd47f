// Contacts from a table and back, and finding what was said: in the real browser against the real binary.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser
let recado
let company
let team
before(async () => {
  browser = await launch()
  recado = await startRecado()
  company = await setUp(recado.url)
  team = await desk(recado.url, company)
})
after(async () => {
  await browser?.close()
  await recado?.stop()
})

async function at(path, options) {
  const page = await open(browser, recado.url, options)
  await signIn(page, company)
  await page.goto(`/c/${company.company.id}/${path}`)
  return page
}

async function inspect(page, name) {
  await ready(page)
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await shot(page, `${name}-${value}`)
    assert.deepEqual(await faults(page), [], `${name} ${value}`)
  }
  await scheme(page, 'light')
  assert.deepEqual(page.errors, [], name)
}

// the company's own field is a column of the second table
const OWN = 'Nome;Celular;Convênio\nRita;21 91234-5678;ouro\nSaulo;;Bronze\n'

const TABLE = 'Nome;Celular;E-mail;Etiqueta interna\nJoão Ávila;(11) 98765-4321;joao@example.com;x\nSem telefone;12;;\nAna Lima;;ana@example.com;y\nJoão A.;11 8765-4321;;\n'
const file = { name: 'pacientes.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE) }

test('a table is chosen, mapped, seen beforehand, imported, and taken back', async () => {
  const page = await at('contacts/import')
  await page.getByText('Drop a table with contacts here').waitFor()
  await inspect(page, 'import-empty')

  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('heading', { name: 'pacientes.csv' }).waitFor()
  assert.equal(await page.getByLabel('What column Celular becomes').first().inputValue(), 'Phone')
  const preview = page.getByRole('table')
  await preview.getByText('+5511987654321').first().waitFor()
  await preview.getByText('The phone number is not complete.').waitFor()
  await inspect(page, 'import-mapping')

  await page.getByRole('button', { name: 'Import 4 rows' }).click()
  await page.getByText('All rows were looked at.').waitFor()
  const count = (name) => page.locator('dl > div', { hasText: name }).locator('dd').innerText()
  assert.deepEqual(await Promise.all(['New contacts', 'Updated', 'No change', 'Left out'].map(count)), ['2', '1', '0', '1'])
  await inspect(page, 'import-done')

  const errors = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Rows left out (CSV)' }).click()
  assert.match(fs.readFileSync(await (await errors).path(), 'utf8'), /Sem telefone/)

  await page.getByRole('link', { name: 'Another file' }).click()
  await page.getByRole('link', { name: /pacientes\.csv/ }).waitFor()
  const table = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV' }).click()
  assert.match(fs.readFileSync(await (await table).path(), 'utf8'), /João A\.,\+5511987654321/)
  await inspect(page, 'import-earlier')

  await page.getByRole('link', { name: /pacientes\.csv/ }).click()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Undone').first().waitFor({ state: 'attached' }).catch(() => undefined)
  await team.until(async () => (await team.list('contacts')).length === 0)
  await page.context().close()
})

test('the company\'s own fields are columns too; what the list shows is what is exported', async () => {
  await team.create('contact_fields', { label: 'Convênio', type: 'choice', choices: ['Ouro', 'Prata'], position: 1 })
  await team.create('contacts', { name: 'Not shown', lifecycle: 'other' })
  const page = await at('contacts')
  const menu = (item) => page.getByRole('button', { name: 'Import and export' }).click().then(() => page.getByRole('menuitem', { name: item }).click())
  await menu('Import a table')
  await page.locator('input[type=file]').setInputFiles({ name: 'own.csv', mimeType: 'text/csv', buffer: Buffer.from(OWN) })
  await page.getByRole('table').getByRole('cell', { name: 'Ouro' }).waitFor()
  assert.equal(await page.getByLabel('What column Convênio becomes').first().inputValue(), 'Convênio')
  await page.getByText('Convênio: this is none of the choices.').waitFor()
  await inspect(page, 'import-own-fields')
  await page.getByRole('button', { name: 'Import 2 rows' }).click()
  await page.getByText('All rows were looked at.').waitFor()

  await page.goto(`/c/${company.company.id}/contacts?lifecycle=lead`)
  await page.getByRole('row').filter({ hasText: 'Rita' }).waitFor()
  const table = page.waitForEvent('download')
  await menu('As CSV')
  const csv = fs.readFileSync(await (await table).path(), 'utf8')
  assert.match(csv, /custom\.convenio/)
  assert.match(csv, /Rita,\+5521912345678.*Ouro/)
  assert.doesNotMatch(csv, /Not shown/)
  await page.context().close()
})

test('it fits a phone and speaks every language', async () => {
  const phone = await at('contacts/import', { viewport: { width: 390, height: 780 } })
  await phone.locator('input[type=file]').setInputFiles(file)
  await phone.getByRole('table').getByText('+5511987654321').first().waitFor()
  await inspect(phone, 'import-phone')
  await phone.context().close()

  const page = await at('contacts/import?lang=qps')
  await page.locator('input[type=file]').setInputFiles(file)
  await page.getByRole('table').getByText('+5511987654321').first().waitFor()
  const own = ['Clínica Bela', 'Maria Souza', 'pacientes.csv', 'Nome', 'Celular', 'E-mail', 'Etiqueta interna', 'João', 'Ana Lima', 'Sem telefone', 'example.com', 'x · y']
  assert.deepEqual(await bareTexts(page, own), [])
  await page.context().close()
})

test('what was said long ago is found and shown in its place', async () => {
  const contact = await team.create('contacts', { name: 'Carla Gómez' })
  const { token } = await (await fetch(`${recado.url}/api/recado/webchat/${team.channel.public_key}/sessions`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: 'Bia', locale: 'pt-BR' }) })).json()
  for (let i = 0; i < 90; ) {
    const text = i === 10 ? 'A senha do portão é Núñez' : `mensagem ${i}`
    const answer = await fetch(`${recado.url}/api/recado/webchat/messages`, { method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` }, body: JSON.stringify({ clientId: `m${i}`, text }) })
    if (answer.status === 429) {
      await new Promise((done) => setTimeout(done, Number(answer.headers.get('Retry-After')) * 1000))
      continue
    }
    assert.ok(answer.ok, `${answer.status}`)
    i++
  }
  assert.ok(contact.id)

  const page = await at('inbox')
  await page.getByRole('searchbox', { name: 'Search conversations' }).fill('portao nun')
  await page.getByRole('link', { name: /A senha do portão/ }).click()
  const hit = page.locator('[data-hit]')
  await hit.getByText('A senha do portão').waitFor()
  assert.equal(await page.evaluate(() => CSS.highlights.get('found')?.size), 2)
  const box = await hit.boundingBox()
  assert.ok(box.y > 60 && box.y < 740, `the hit stands at ${box.y}`)
  await inspect(page, 'search-hit')
  await page.getByRole('button', { name: 'To the latest message' }).click()
  await page.getByText('mensagem 89').first().waitFor()

  // from anywhere else, by the palette
  await page.goto(`/c/${company.company.id}/settings/profile`)
  await ready(page, 'h1')
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByPlaceholder('Go to, switch, do').fill('portao')
  await page.getByRole('button', { name: /A senha do portão/ }).waitFor()
  await inspect(page, 'search-palette')
  await page.locator('[data-action][data-selected]', { hasText: 'A senha do portão' }).waitFor() // the first is chosen already
  await page.keyboard.press('Enter')
  await page.locator('[data-hit]').getByText('A senha do portão').waitFor()
  await page.context().close()
})
