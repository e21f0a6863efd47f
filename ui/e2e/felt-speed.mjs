// How fast the inbox feels, and whether it stays so: 2,000 conversations made by 2,000 visitors through the front door,
// a browser slowed down four times, a thousand switches between conversations with a look at each, twenty thousand live
// events.
// node e2e/felt-speed.mjs [conversations] [switches] [events] prints the figures as lines of a Markdown table.
import http from 'node:http'
import { launch, open, ready, setUp, signIn, startRecado } from './harness.mjs'

const [CONVERSATIONS = 2000, SWITCHES = 1000, EVENTS = 20_000] = process.argv.slice(2).map(Number)
const SLOWER = 4
const LOOK = 300 // ms that someone looks at a conversation before the next
const say = (text) => process.stderr.write(`${text}\n`)

/** Stands between browser and Recado to count what is open at the same time on the live feed. */
async function countingProxy(target) {
  const live = { now: 0 }
  const server = http.createServer((request, response) => {
    const onward = http.request(target + request.url, { method: request.method, headers: request.headers, agent }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers)
      answer.pipe(response)
    })
    if (request.url.startsWith('/api/recado/live')) {
      live.now++
      response.on('close', () => live.now--)
    }
    response.on('close', () => onward.destroy())
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  const agent = new http.Agent({ keepAlive: true })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${server.address().port}`, live, close: () => server.close() }
}

async function call(url, method, route, { token, address, body } = {}) {
  const response = await fetch(url + route, {
    method,
    headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: token } : {}), ...(address ? { 'X-Real-IP': address } : {}) },
    body: body && JSON.stringify(body),
  })
  const answer = response.status === 204 ? {} : await response.json()
  if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${JSON.stringify(answer)}`)
  return answer
}

/** Runs `work` over the numbers below `count`, `lanes` at a time. */
async function inLanes(count, lanes, work) {
  let next = 0
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (next < count) await work(next++)
    }),
  )
}

const WORDS = ['Bom dia, tudo bem?', 'Queria remarcar para a semana que vem, pode ser?', 'Qual é o valor da consulta?', 'Prefiro à tarde, depois das três.', 'Obrigada!', 'Vocês atendem aos sábados? Meu irmão também quer vir e só pode nesse dia.']

/** Visitors, each from an address of their own, as the rate limits want it. */
async function visitors(url, company) {
  const key = (await call(url, 'GET', `/api/collections/channels/records?company=${company.company.id}`, { token: company.token })).items[0].public_key
  const list = Array.from({ length: CONVERSATIONS })
  const addressOf = (index) => `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
  await inLanes(CONVERSATIONS, 12, async (index) => {
    const { token } = await call(url, 'POST', `/api/recado/webchat/${key}/sessions`, { address: addressOf(index), body: { locale: 'pt-BR', name: `Cliente ${String(index).padStart(4, '0')}` } })
    list[index] = (text, turn) => call(url, 'POST', '/api/recado/webchat/messages', { token: `Bearer ${token}`, address: addressOf(index), body: { clientId: `${index}-${turn}`, text } })
    for (let turn = 0; turn < 8; turn++) await list[index](WORDS[(index + turn) % WORDS.length], turn)
  })
  return list
}

/** Counts what the company's feed says. */
async function countEvents(url, company) {
  const counted = { events: 0, stop: () => abort.abort() }
  const abort = new AbortController()
  const feed = await fetch(`${url}/api/recado/live?company=${company.company.id}`, { headers: { Authorization: company.token }, signal: abort.signal })
  void (async () => {
    for await (const chunk of feed.body.pipeThrough(new TextDecoderStream())) counted.events += chunk.split('data:').length - 1
  })().catch(() => undefined)
  return counted
}

const quantile = (values, part) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))]

/** In the page: the time from a key to the painted messages of the conversation it opens. */
function watchSwitches() {
  globalThis.switches = []
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'j' && event.key !== 'k') return
      const pressed = event.timeStamp
      const before = document.querySelector('[role="log"]')
      const look = () => {
        const log = document.querySelector('[role="log"]')
        if (log && log !== before && log.querySelector('article')) {
          // the frame in the making holds it; it has been handed over when the next task runs
          setTimeout(() => {
            globalThis.switches.push(performance.now() - pressed)
            globalThis.painted()
          })
        } else requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    },
    { capture: true },
  )
}

async function heap(devtools) {
  for (let round = 0; round < 3; round++) await devtools.send('HeapProfiler.collectGarbage')
  return (await devtools.send('Runtime.getHeapUsage')).usedSize / 2 ** 20
}

async function switchTo(page, key) {
  const painted = page.evaluate(() => new Promise((resolve) => (globalThis.painted = resolve)))
  await page.keyboard.press(key)
  await painted
  await page.waitForTimeout(LOOK)
}

const recado = await startRecado()
const proxy = await countingProxy(recado.url)
const browser = await launch()
try {
  const company = await setUp(recado.url)
  const { token: admin } = await call(recado.url, 'POST', '/api/collections/_superusers/auth-with-password', { body: { identity: company.superuser.email, password: company.superuser.password } })
  await call(recado.url, 'PATCH', '/api/settings', { token: admin, body: { trustedProxy: { headers: ['X-Real-IP'], useLeftmostIP: false } } })
  say(`seeding ${CONVERSATIONS} conversations`)
  const customers = await visitors(recado.url, company)

  const page = await open(browser, proxy.url)
  await page.addInitScript(watchSwitches)
  await signIn(page, company)
  await page.goto(`/c/${company.company.id}/inbox`)
  await ready(page, '[role="listitem"] a')
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })

  say('switching')
  for (let warm = 0; warm < 40; warm++) await switchTo(page, 'j')
  await page.evaluate(() => (globalThis.switches.length = 0))
  const started = await heap(devtools)
  const span = Math.min(500, CONVERSATIONS - 60) // down the list and up again
  for (let turn = 0; turn < SWITCHES; turn++) await switchTo(page, Math.floor(turn / span) % 2 === 0 ? 'j' : 'k')
  const switches = await page.evaluate(() => globalThis.switches)
  const lines = [proxy.live.now]

  say('writing')
  await page.evaluate(() => {
    globalThis.keys = []
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (entry.name === 'keydown') globalThis.keys.push(entry.duration)
    }).observe({ type: 'event', durationThreshold: 16, buffered: false })
  })
  await page.keyboard.press('r')
  const text = 'Claro! Posso marcar para quinta-feira de tarde, fica bom assim? '.repeat(4)
  for (const letter of text) {
    await page.keyboard.press(letter)
    await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => setTimeout(painted))))
  }
  const slow = await page.evaluate(() => globalThis.keys)
  // what was painted within 16 ms is not reported
  const keys = [...slow, ...Array.from({ length: Math.max(0, text.length - slow.length) }, () => 16)]
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Backspace')
  await page.keyboard.press('Escape')

  say(`${EVENTS} live events`)
  const counted = await countEvents(recado.url, company)
  for (let turn = 8; counted.events < EVENTS; turn++) {
    await inLanes(CONVERSATIONS, 12, async (index) => {
      if (counted.events < EVENTS) await customers[index](WORDS[(index + turn) % WORDS.length], turn)
    })
  }
  counted.stop()
  const last = `felt-speed ${Date.now()}`
  await customers[0](last, 'last')
  await page.evaluate(() => (document.querySelector('[role="list"]').scrollTop = 0))
  await page.locator('[role="listitem"]', { hasText: 'Cliente 0000' }).first().waitFor({ timeout: 60_000 })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  lines.push(proxy.live.now)
  const grown = (await heap(devtools)) - started

  const figures = [
    ['switch to another conversation, p50', quantile(switches, 0.5), 'ms', ''],
    ['switch to another conversation, p95', quantile(switches, 0.95), 'ms', 300],
    ['key to paint in the composer, p95', quantile(keys, 0.95), 'ms', 50],
    [`heap after ${SWITCHES} switches and ${counted.events} live events, grown by`, grown, 'MB', 20],
    ['live connections held', Math.max(...lines), '', 1],
  ]
  console.log(`| the inbox with ${CONVERSATIONS} conversations, CPU ${SLOWER} × slower | measured | goal |\n|---|---|---|`)
  for (const [what, value, unit, goal] of figures) console.log(`| ${what} | ${Math.round(value * 10) / 10} ${unit} | ${goal === '' ? '' : `≤ ${goal} ${unit}`} |`)
  if (page.errors.length > 0) throw new Error(page.errors.slice(0, 5).join('\n'))
  process.exitCode = figures.some(([, value, , goal]) => goal !== '' && value > goal) ? 1 : 0
} finally {
  await browser.close()
  proxy.close()
  await recado.stop()
}
