// AI agents in the real browser against the real binary: a key that is tried, instructions that are released, an agent
// that books with a visitor's yes, and how each answer came about. The model is a script that speaks OpenAI's protocol.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'
import { model } from './model.mjs'
import { tell } from './story.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

test('an agent is made, answers, books with a yes, and can be looked at', async (t) => {
  const ai = await model(t)
  const recado = await startRecado()
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const team = await desk(recado.url, made)
  const page = await open(browser, recado.url)
  await signIn(page, made)
  const base = `/c/${made.company.id}`

  await page.goto(`${base}/settings/ai-agents`)
  await page.getByText('No agent yet').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'agents-empty')

  // a key, which is tried and never shown
  await page.getByRole('button', { name: 'New key' }).click()
  const drawer = page.getByRole('dialog')
  await drawer.getByRole('textbox', { name: 'Name', exact: true }).fill('Modelo')
  await drawer.getByLabel('Address').fill(ai.url)
  await drawer.getByLabel('Key', { exact: true }).fill('sk-browser-0123456789WXYZ')
  await drawer.getByRole('switch', { name: 'Read answers as they are written' }).press('Space')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await drawer.getByText('ends in WXYZ').waitFor()
  await drawer.getByLabel('Model to try').fill('clara-small')
  await drawer.getByRole('button', { name: 'Test' }).click()
  await drawer.getByText('It works. 1 model is listed.').waitFor()
  assert.equal(ai.seen[0].key, 'Bearer sk-browser-0123456789WXYZ')
  assert.deepEqual(await faults(page), [])
  await shot(page, 'agents-key')
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })

  // instructions in two versions
  await page.getByRole('button', { name: 'New instructions' }).click()
  await drawer.getByRole('textbox', { name: 'Name', exact: true }).fill('Recepção')
  await drawer.getByLabel('The agent is told').fill('Seja gentil.\nSeja breve.')
  await drawer.getByText('about 6 tokens').waitFor()
  await drawer.getByRole('button', { name: '{{today}}' }).click()
  await drawer.getByText('about 9 tokens').waitFor()
  assert.equal(await drawer.getByLabel('The agent is told').inputValue(), 'Seja gentil.\nSeja breve.{{today}}')
  await drawer.getByLabel('The agent is told').fill('Seja gentil.\nSeja breve.')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await drawer.getByText('Version 1').waitFor()
  await drawer.getByRole('button', { name: 'Make live' }).click()
  await drawer.getByText('Live', { exact: true }).waitFor()
  await drawer.getByLabel('The agent is told').fill('Seja gentil.\nSeja muito breve.')
  await drawer.getByRole('textbox', { name: 'What has changed' }).fill('mais curto')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await drawer.getByText('Version 2').waitFor()
  await drawer.getByRole('button', { name: 'What changed' }).first().click()
  await drawer.locator('pre').getByText('Seja muito breve.').waitFor()
  const [was, is] = await Promise.all(['Seja breve.', 'Seja muito breve.'].map((line) => drawer.locator('pre').getByText(line, { exact: true }).boundingBox()))
  assert.ok(is.x > was.x && is.y === was.y, 'versions stand side by side')
  assert.deepEqual(await faults(page), [])
  await shot(page, 'agents-versions')
  await page.keyboard.press('Escape')
  await drawer.waitFor({ state: 'hidden' })

  // the agent
  await page.getByRole('button', { name: 'New agent' }).click()
  await drawer.getByRole('textbox', { name: 'Name', exact: true }).fill('Clara')
  await drawer.getByRole('switch', { name: 'On', exact: true }).press('Space')
  await drawer.getByRole('switch', { name: 'Shadow mode' }).press('Space')
  const choose = async (label, option) => {
    await drawer.getByRole('combobox', { name: label, exact: true }).or(drawer.getByRole('textbox', { name: label, exact: true })).first().click()
    await page.getByRole('option', { name: option, exact: true }).click()
  }
  await choose('Answers', 'Everyone')
  await choose('Key', 'Modelo')
  await drawer.getByLabel('Model', { exact: true }).fill('clara-small')
  await choose('Instructions', 'Recepção')
  for (const tool of ['See services and prices', 'Find free times', 'Offer to book']) await drawer.getByLabel(tool).check()
  await drawer.getByRole('switch', { name: 'At all hours', checked: true }).waitFor()
  await drawer.getByLabel('Quiet before it answers').fill('0.2')
  assert.deepEqual(await faults(page), [])
  await shot(page, 'agents-agent')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await page.getByText('clara-small · Everyone').waitFor()

  const agent = await team.first('agents', `name = 'Clara'`)
  assert.equal(agent.limits.debounce, 0.2)
  await team.patch('channels', team.channel.id, { answerer: 'agent', agent: agent.id })

  // a visitor books
  const ana = await team.visitor('Ana Prado')
  await ana.say('Oi')
  await team.until(async () => (await ana.messages()).some(({ text }) => text === 'Claro! Como posso ajudar?'))
  await ana.say('Quero marcar uma avaliação')
  const question = await team.until(async () => (await ana.messages()).find(({ options }) => options?.length === 2))
  assert.match(question.text, /^Posso marcar Avaliação para /)
  await ana.say(question.options[0].label, { payload: question.options[0].id })
  await team.until(async () => (await ana.messages()).some(({ text }) => text.startsWith('Tudo certo! Está marcado: Avaliação')))
  const [appointment] = await team.list('appointments')
  assert.deepEqual([appointment.status, appointment.source], ['confirmed', 'agent'])

  // and how it came about
  const [conversation] = await team.list('conversations')
  await page.goto(`${base}/inbox/${conversation.id}`)
  const runs = page.getByRole('region', { name: 'AI agent' })
  await runs.getByText('Booked', { exact: true }).waitFor()
  await runs.getByRole('button', { name: 'What happened' }).nth(1).click()
  await runs.getByText('Used find_slots').waitFor()
  await runs.getByRole('button', { name: 'Good answer' }).first().click()
  await runs.getByRole('button', { name: 'Good answer', pressed: true }).waitFor()
  await page.getByText('The customer said yes, and the AI agent booked it').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'agents-runs')

  // a person asks for a draft, and goes on writing it
  await page.getByRole('button', { name: 'Have the agent draft a reply' }).click()
  const reply = page.getByRole('textbox', { name: 'Reply' })
  await team.until(async () => (await reply.inputValue()) !== '')
  await runs.getByText('Draft taken over').waitFor()
  assert.deepEqual(await faults(page), [])
  await shot(page, 'agents-draft')

  // a queue can have another one
  await page.goto(`${base}/settings/queues`)
  await page.getByRole('main').getByRole('listitem').getByRole('button').first().click()
  await choose('AI agent', 'Clara')
  await drawer.getByText('It answers everyone here.').waitFor()
  assert.deepEqual(await faults(page), [])
  await shot(page, 'queue-agent')
  await drawer.getByRole('button', { name: 'Save' }).click()
  await team.until(async () => (await team.list('queues')).some((queue) => queue.agent === agent.id))

  // what it cost, by day and by conversation, as a file too
  await page.goto(`${base}/settings/ai-agents`)
  const spent = { runs: 0, tokens: 0 }
  for (const { tokens_in, tokens_out } of await team.list('agent_runs')) if (tokens_in) Object.assign(spent, { runs: spent.runs + 1, tokens: spent.tokens + tokens_in + tokens_out })
  const costs = page.getByRole('region', { name: 'Costs' }).last()
  for (const [by, key, first] of [
    ['By day', 'day', /^"\d{4}-\d\d-\d\d"$/],
    ['By conversation', 'conversation', /^"Ana Prado"$/],
  ]) {
    await page.getByText(by, { exact: true }).click()
    await costs.getByRole('row').nth(1).waitFor()
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'As CSV' }).click()])
    assert.equal(download.suggestedFilename(), `ai-costs-${key}.csv`)
    const [head, line] = fs.readFileSync(await download.path(), 'utf8').split('\r\n')
    assert.equal(head.split(',').slice(0, 5).join(), `${key},agent,runs,tokens,cost`)
    const [what, agent, runs, tokens] = line.split(',')
    assert.match(what, first)
    assert.deepEqual([agent, Number(runs), Number(tokens)], ['"Clara"', spent.runs, spent.tokens])
  }
  assert.deepEqual(await faults(page), [])
  await shot(page, 'agents-costs')

  // small, dark, and in no language at all
  await page.setViewportSize({ width: 390, height: 844 })
  await scheme(page, 'dark')
  await page.goto(`${base}/settings/ai-agents?lang=qps`)
  await page.getByText('Clara', { exact: true }).first().waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  assert.deepEqual(await bareTexts(page, ['Maria Souza', 'Clínica Bela', 'Recado']), [])
  await shot(page, 'agents-phone')
  assert.deepEqual(page.errors, [])
})

test('the story of a front desk, whose agent answers', async (t) => {
  const ai = await model(t)
  const recado = await startRecado()
  t.after(() => recado.stop())
  await tell(t, browser, recado.url, {
    booked: 'Tudo certo! Está marcado: Avaliação',
    moved: 'Pronto! Novo horário: Avaliação',
    asked: () => ai.seen.length,
    async prepare(page) {
      const { token } = await page.evaluate(() => JSON.parse(localStorage.getItem('pocketbase_auth')))
      const team = await desk(recado.url, { token, company: { id: /\/c\/(\w+)\//.exec(page.url())[1] } })
      const key = await team.create('ai_keys', { name: 'Modelo', base_url: ai.url, key: 'sk-browser-0123456789WXYZ', stream: true })
      const tools = ['list_services', 'find_slots', 'propose_booking', 'my_appointments', 'propose_reschedule', 'update_contact']
      const agent = await team.create('agents', { name: 'Clara', active: true, ai_key: key.id, model: 'clara-small', tools, audience: 'everyone', limits: { debounce: 0.2 } })
      await team.patch('channels', team.channel.id, { answerer: 'agent', agent: agent.id })
    },
    async book(talk, name, day, time) {
      await talk.write(`Oi, sou a ${name}`)
      await talk.bubble('Claro! Como posso ajudar').waitFor()
      await talk.write(`Quero marcar uma avaliação em ${day} às ${time}`)
      await talk.bubble('Posso marcar Avaliação para').waitFor()
      await talk.choose('Sim, pode marcar')
    },
    async move(talk, day, time) {
      await talk.write(`Quero remarcar para ${day} às ${time}`)
      await talk.bubble('Posso mudar Avaliação de').waitFor()
      await talk.choose('Sim, pode mudar')
    },
  })
  assert.ok(ai.seen.length > 0 && ai.seen.every(({ stream }) => stream), 'every answer is read as it is written')
})
