// Versions of an agent's instructions are tried before customers meet them, in the real browser against the real binary:
// in the playground, on the scenarios, and on a conversation that was held.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'
import { model } from './model.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

test('a draft is tried, evaluated, and replayed beside what was said', async (t) => {
  // the model greets as its instructions say
  const ai = await model(t, ({ messages }) => (/Seja festivo/.test(messages[0].content) ? 'Olá! Que bom ver você!' : 'Claro! Como posso ajudar?'))
  const recado = await startRecado()
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const team = await desk(recado.url, made)
  const key = await team.create('ai_keys', { name: 'Modelo', base_url: ai.url, key: 'sk-browser-0123456789WXYZ', stream: true })
  const prompt = await team.create('agent_prompts', { name: 'Recepção' })
  const live = await team.create('agent_prompt_versions', { prompt: prompt.id, text: 'Seja gentil.' })
  await team.call('POST', `/api/recado/agent-prompt-versions/${live.id}/release?company=${made.company.id}`, { state: 'live' })
  await team.create('agent_prompt_versions', { prompt: prompt.id, text: 'Seja festivo.', parent: live.id })
  const agent = await team.create('agents', {
    name: 'Clara', active: true, audience: 'everyone', ai_key: key.id, model: 'clara-small', prompt: prompt.id, instructions: live.id,
    tools: ['list_services', 'find_slots', 'propose_booking'], price_in: 100, price_out: 400, limits: { debounce: 0.2 },
  })
  await team.patch('channels', team.channel.id, { answerer: 'agent', agent: agent.id })
  const ana = await team.visitor('Ana Prado')
  await ana.say('Oi')
  await team.until(async () => (await ana.messages()).some(({ text }) => text === 'Claro! Como posso ajudar?'))

  const page = await open(browser, recado.url)
  await signIn(page, made)
  const base = `/c/${made.company.id}`

  // the playground books, and nothing is booked
  await page.goto(`${base}/settings/ai-agents`)
  await page.getByRole('button', { name: /^Clara/ }).click()
  await page.getByRole('dialog').getByRole('link', { name: 'Playground' }).click()
  await page.getByText('Say hello').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await page.getByLabel('Write as the customer').fill('Oi')
  await page.keyboard.press('Enter')
  await page.getByText('Olá! Que bom ver você!').waitFor()
  await page.getByLabel('Write as the customer').fill('Quero marcar uma avaliação')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByText(/^Posso marcar Avaliação para /).waitFor()
  await page.getByRole('button', { name: 'What happened' }).last().click()
  await page.getByText('Used find_slots').waitFor()
  await page.getByRole('button', { name: /^Sim/ }).click()
  await page.getByText(/Está marcado: Avaliação/).waitFor()
  await page.getByText(/^This talk: /).waitFor()
  assert.deepEqual(await faults(page), [])
  await shot(page, 'rehearsal-playground')
  assert.deepEqual(await team.list('appointments'), [])
  assert.equal((await team.list('conversations')).length, 1)

  // an evaluation in the background: left, come back to, cancelled
  await page.goto(`${base}/settings/ai-agents/evaluations/${agent.id}`)
  await page.getByText('No evaluation yet').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await page.getByRole('button', { name: 'Evaluate' }).click()
  await page.getByText(/^[1-9]\d* of \d+ played/).waitFor()
  await page.goto(`${base}/settings/ai-agents`)
  await page.goto(`${base}/settings/ai-agents/evaluations/${agent.id}`)
  const done = page.getByText(/^\d+ % · \d+ of \d+$/)
  await done.or(page.getByRole('button', { name: 'Cancel' })).first().waitFor()
  const cancel = page.getByRole('button', { name: 'Cancel' })
  if (await cancel.isVisible()) await cancel.click().catch(() => undefined)
  await done.or(page.getByText('Cancelled', { exact: true })).first().waitFor()
  await page.getByRole('button', { name: /^Version 2/ }).click()
  await page.getByText('All (').click()
  await page.getByText('en/', { exact: false }).first().waitFor()
  await page.getByRole('button', { name: /en\// }).first().click()
  await page.getByText('Customer', { exact: true }).first().waitFor()
  await page.getByText('With customers').waitFor()
  await page.getByRole('rowheader', { name: 'Version 1 · live' }).waitFor()
  assert.deepEqual(await faults(page), [])
  await shot(page, 'rehearsal-evaluation')

  // what was said then, and what the draft says
  const [conversation] = await team.list('conversations')
  await page.goto(`${base}/inbox/${conversation.id}`)
  await page.getByRole('link', { name: 'Replay with another version' }).click()
  await page.getByRole('button', { name: 'Replay', exact: true }).click()
  await page.getByRole('region', { name: 'Answered then' }).getByText('Claro! Como posso ajudar?').waitFor()
  await page.getByRole('region', { name: 'This version' }).getByText('Olá! Que bom ver você!').waitFor()
  assert.deepEqual(await faults(page), [])
  await shot(page, 'rehearsal-replay')
  assert.equal((await ana.messages()).length, 2)

  // small, dark, and in no language at all
  await page.setViewportSize({ width: 390, height: 844 })
  await scheme(page, 'dark')
  for (const [name, path] of [
    ['evaluation', `evaluations/${agent.id}`],
    ['playground', `playground/${agent.id}`],
    ['replay', `replay/${conversation.id}?agent=${agent.id}`],
  ]) {
    await page.goto(`${base}/settings/ai-agents/${path}${path.includes('?') ? '&' : '?'}lang=qps`)
    await page.getByText('Clara', { exact: false }).first().waitFor()
    await ready(page)
    assert.deepEqual(await faults(page), [])
    assert.deepEqual(await bareTexts(page, ['Maria Souza', 'Clínica Bela', 'Recado', 'Clara', 'Recepção']), [])
    await shot(page, `rehearsal-${name}-phone`)
  }
  assert.deepEqual(page.errors, [])
})
