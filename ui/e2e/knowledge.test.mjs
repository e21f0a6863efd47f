// The knowledge in the real browser against the real binary: a page is written, files and an address are added, each is
// read before one's eyes or says why not, what an agent would find is looked up, and an agent is given a part of it.
import assert from 'node:assert/strict'
import http from 'node:http'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

/** A PDF of one page with one line. */
function pdf(line) {
  const content = `BT /F1 12 Tf 72 720 Td (${line}) Tj ET`
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
  ]
  let out = '%PDF-1.4\n'
  const offsets = objects.map((object, index) => {
    const at = out.length
    out += `${index + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const table = out.length
  out += `xref\n0 6\n0000000000 65535 f \n${offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  return Buffer.from(out, 'latin1')
}

/** A website of one page. */
async function website(t) {
  const server = http.createServer((request, response) => {
    if (request.url !== '/') {
      response.statusCode = 404
      return response.end()
    }
    response.setHeader('Content-Type', 'text/html')
    return response.end('<title>Clínica Bela: horários</title><main><h1>Horários</h1><p>Aos sábados abrimos das 8h às 12h.</p></main>')
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return `http://127.0.0.1:${server.address().port}`
}

test('knowledge is added, read, looked up and given to an agent', async (t) => {
  const site = await website(t)
  const recado = await startRecado({ RECADO_FETCH_NETWORKS: '127.0.0.0/8' })
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const team = await desk(recado.url, made)
  const page = await open(browser, recado.url)
  await signIn(page, made)
  const base = `/c/${made.company.id}`

  await page.goto(`${base}/settings/knowledge`)
  await page.getByText('Nothing to look things up in yet').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'knowledge-empty')

  // a page, written here
  const drawer = page.getByRole('dialog')
  const row = (name) => page.getByRole('listitem').filter({ hasText: name })
  const add = async (what) => {
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.getByRole('menuitem', { name: what }).click()
  }
  await add('Write a page')
  await drawer.getByLabel('Title').fill('Estacionamento')
  await drawer.getByLabel('What agents should know').fill('# Carros\n\nO estacionamento fica atrás da casa e é gratuito.')
  assert.deepEqual(await faults(page), [])
  await shot(page, 'knowledge-page')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await row('Estacionamento').getByText('Ready').waitFor()
  await row('Estacionamento').getByText('1 piece').waitFor()

  // files, one of which can't be read
  await page.locator('input[type=file]').setInputFiles([
    { name: 'precos.pdf', mimeType: 'application/pdf', buffer: pdf('A limpeza custa 120 reais') },
    { name: 'foto.txt', mimeType: 'text/plain', buffer: Buffer.from([137, 80, 78, 71, 0, 0]) },
  ])
  await row('precos.pdf').getByText('Ready').waitFor()
  await row('foto.txt').getByText('Failed').waitFor()
  await row('foto.txt').getByText('The file can’t be read').waitFor()

  // an address, and one there is not
  for (const [url, state] of [[`${site}/`, 'Ready'], [`${site}/nowhere`, 'Failed']]) {
    await add('Web address')
    await drawer.getByLabel('Address', { exact: false }).first().fill(url)
    await drawer.getByRole('button', { name: 'Save' }).click()
    await row(url === `${site}/` ? 'Clínica Bela: horários' : url).getByText(state).waitFor()
  }
  await row('nowhere').getByText('There is no such page any more.').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'knowledge-list')
  await scheme(page, 'dark')
  assert.deepEqual(await faults(page, ['color-contrast']), [])
  await scheme(page, 'light')

  // what would the agent find?
  const ask = async (question) => {
    await page.getByRole('textbox', { name: 'Question' }).fill(question)
    await page.getByRole('button', { name: 'Look up' }).click()
  }
  await ask('Onde posso estacionar o carro?')
  await page.getByRole('status').getByText('O estacionamento fica atrás da casa e é gratuito.').waitFor()
  await page.getByRole('status').getByText('by words').first().waitFor()
  await shot(page, 'knowledge-find')
  assert.deepEqual(await faults(page), [])
  await ask('limpeza')
  await page.getByRole('status').getByText('A limpeza custa 120 reais').waitFor()
  await ask('submarino')
  await page.getByText('The agent would find nothing.').waitFor()

  // a source: how it was read, again, renamed, deleted
  await row('Clínica Bela: horários').getByRole('button').click()
  await drawer.getByText('Read again', { exact: true }).waitFor()
  await drawer.getByRole('button', { name: 'Read again now' }).click()
  assert.deepEqual(await faults(page), [])
  await shot(page, 'knowledge-source')
  await drawer.getByLabel('Title').fill('Quando abrimos')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await row('Quando abrimos').getByText('Ready').waitFor()
  await row('nowhere').getByRole('button').click()
  await drawer.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete' }).nth(1).click() // the question, once it is there
  await row('nowhere').waitFor({ state: 'detached' })

  // an agent that may read one source
  await team.create('agents', { name: 'Clara' })
  await page.goto(`${base}/settings/ai-agents`)
  await page.getByRole('button', { name: /Clara/ }).click()
  const choose = async (label, option) => {
    await drawer.getByRole('combobox', { name: label }).or(drawer.getByRole('textbox', { name: label })).first().click()
    await page.getByRole('option', { name: option }).click()
  }
  await choose('What it may look up', 'Only what is chosen')
  await drawer.getByText('Nothing chosen').waitFor()
  await choose('Sources it may read', 'Estacionamento')
  await drawer.getByText('Nothing chosen').waitFor({ state: 'detached' })
  await drawer.getByText('Words that hand over at once').click() // the list closes
  await page.getByRole('option').first().waitFor({ state: 'hidden' })
  // what the head of the drawer half hides would count as too small
  await drawer.evaluate((element) => (element.scrollTop = 0))
  assert.deepEqual(await faults(page), [])
  await shot(page, 'knowledge-agent')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await drawer.waitFor({ state: 'hidden' })
  const agent = await team.first('agents', `name = 'Clara'`)
  const source = await team.first('knowledge', `title = 'Estacionamento'`)
  assert.deepEqual([agent.knowledge_reach, agent.knowledge], ['chosen', [source.id]])
  const found = await team.call('GET', `/api/recado/knowledge/find?company=${made.company.id}&agent=${agent.id}&q=${encodeURIComponent('limpeza carro')}`)
  assert.deepEqual(found.items.map(({ title }) => title), ['Estacionamento'])

  // small, dark, and in no language at all
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${base}/settings/knowledge?lang=qps`)
  await page.getByText('Estacionamento', { exact: true }).waitFor()
  await scheme(page, 'dark')
  await ready(page)
  assert.deepEqual(await faults(page), [])
  assert.deepEqual(await bareTexts(page, ['Maria Souza', 'Clínica Bela', 'Recado']), [])
  await shot(page, 'knowledge-phone')
  await page.getByText('Estacionamento', { exact: true }).click()
  await page.locator('[role=dialog] textarea').waitFor()
  assert.deepEqual(await faults(page), [])
  const written = ['Estacionamento', '# Carros\n\nO estacionamento fica atrás da casa e é gratuito.']
  assert.deepEqual(await bareTexts(page, ['Maria Souza', 'Clínica Bela', 'Recado', ...written]), [])
  assert.deepEqual(page.errors, [])
})
