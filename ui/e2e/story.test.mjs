// The story of a front desk, whose guided dialogue answers. Told twice: on this machine, and over plain http under a
// name, where browsers withhold what they keep for secure pages.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch, open, startRecado } from './harness.mjs'
import { tell } from './story.mjs'

const NAME = 'recado.test'

let browser
before(async () => {
  browser = await launch({ args: ['--no-sandbox', `--host-resolver-rules=MAP ${NAME} 127.0.0.1`] })
})
after(() => browser?.close())

const dialogue = {
  booked: 'Tudo certo, Ana',
  moved: 'Seu novo horário',
  async book(talk, name, day, time) {
    await talk.write('Oi, boa tarde!')
    await talk.choose('Agendar um horário')
    await talk.bubble('qual dia').waitFor()
    await talk.write(day)
    await talk.bubble('Horários livres').waitFor()
    await talk.choose(time)
    await talk.bubble('qual é o seu nome').waitFor()
    await talk.write(name)
  },
  async move(talk, day, time) {
    await talk.write('Quero remarcar')
    await talk.bubble('qual dia').waitFor()
    await talk.write(day)
    await talk.bubble('Horários livres').waitFor()
    await talk.choose(time)
  },
}

test('the story of a front desk', async (t) => {
  const recado = await startRecado()
  t.after(() => recado.stop())
  await tell(t, browser, recado.url, dialogue)
})

test('the same story over plain http under a name', async (t) => {
  const recado = await startRecado({ RECADO_MDNS: 'off' }, '0.0.0.0')
  t.after(() => recado.stop())
  const url = `http://${NAME}:${recado.port}`
  const page = await open(browser, url)
  await page.goto('/demo')
  assert.equal(await page.evaluate(() => window.isSecureContext), false)
  await page.context().close()
  // bound to the whole network, the wizard wants the code of the console
  await tell(t, browser, url, dialogue, /Set-up code: (\S+)/.exec(recado.log())[1])
})
