// What every browser test stands on: the real binary on an empty data folder, real Chromium, and the checks
// that hold on each screen. RECADO_BIN names the binary (default ../bin/recado), CHROMIUM the browser.
import { execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

const root = path.resolve(import.meta.dirname, '../..')

/** The program under test. */
export const binary = () => process.env.RECADO_BIN ?? path.join(root, 'bin/recado')

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

/**
 * Starts Recado on an empty data folder, bound to an address. `stop` ends it and removes
 * the folder; `code` is the set-up code on its console. `words` are the command.
 */
export async function startRecado(env = {}, bind = '127.0.0.1', words = ['serve']) {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'recado-e2e-'))
  const port = await freePort()
  const program = binary()
  const { RECADO_BIN: _, ...own } = process.env
  const settings = { ...own, RECADO_HTTP: `${bind}:${port}`, RECADO_DIR: dir, ...env }
  const url = `http://127.0.0.1:${port}`
  let log = ''
  let child, ended
  async function start() {
    child = spawn(program, words, { env: settings, stdio: ['ignore', 'pipe', 'pipe'] })
    for (const out of [child.stdout, child.stderr]) out.on('data', (chunk) => (log += chunk))
    ended = new Promise((resolve) => child.once('exit', resolve))
    for (let tries = 0; ; tries++) {
      const up = await fetch(`${url}/status`).then((answer) => answer.ok, () => false)
      if (up) break
      if (tries > 300 || child.exitCode !== null) throw new Error(`Recado did not start:\n${log}`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  async function end() {
    child.kill('SIGTERM')
    await ended
  }
  await start()
  return {
    url,
    port,
    dir,
    log: () => log,
    code: () => /Set-up code: (\S+)/.exec(log)?.[1] ?? '',
    /** Runs another command on the same data: run('demo'). */
    run: (...words) => execFileSync(program, words, { env: settings, encoding: 'utf8' }),
    /** Ends it and starts it again on the same data. */
    async restart() {
      await end()
      await start()
    },
    async stop() {
      await end()
      fs.rmSync(dir, { recursive: true, force: true })
    },
  }
}

export function launch(options = {}) {
  const found = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((file) => file && fs.existsSync(file))
  return chromium.launch({ executablePath: found, args: ['--no-sandbox'], ...options })
}

/** A page whose errors are collected: whatever the console reports or the page throws fails the test that looks. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({ baseURL: url, locale: 'en-US', timezoneId: 'America/Sao_Paulo', viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.errors = []
  page.on('pageerror', (error) => page.errors.push(String(error)))
  page.on('console', (message) => {
    // browsers remark that one of PocketBase's headers means nothing on plain http
    if (message.type() === 'error' && !message.text().includes('Cross-Origin-Opener-Policy')) page.errors.push(message.text())
  })
  return page
}

/** Waits until a screen has its content and nothing is loading. */
export async function ready(page, selector) {
  if (selector) await page.locator(selector).first().waitFor()
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'))
  await page.evaluate(() => document.fonts.ready)
}

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/**
 * What is wrong with the screen as it stands, for people: contrast, names, sizes; sideways scrolling. [] = nothing.
 * `only` names the rules that matter, where the others have been asked about the same screen.
 */
export async function faults(page, only) {
  await settled(page)
  const axe = new AxeBuilder({ page }).exclude('iframe')
  const { violations } = await (only ? axe.withRules(only) : axe.withTags(RULES)).analyze()
  const found = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`))
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  return sideways > 0 ? [...found, `scrolls sideways by ${sideways} px`] : found
}

/** Saves a picture for human eyes when SHOTS names a folder. */
export async function shot(page, name) {
  if (!process.env.SHOTS) return
  fs.mkdirSync(process.env.SHOTS, { recursive: true })
  // hiding the caret would need an inline style, which strict pages refuse
  await page.screenshot({ path: path.join(process.env.SHOTS, `${name}.png`), caret: 'initial' })
}

export async function scheme(page, value) {
  await page.emulateMedia({ colorScheme: value, reducedMotion: 'reduce' })
  await page.evaluate((value) => {
    localStorage.setItem('mantine-color-scheme-value', value)
    document.documentElement.setAttribute('data-mantine-color-scheme', value)
  }, value)
  await settled(page)
}

/** Waits until nothing fades or moves: what is measured and pictured is the end of it. */
function settled(page) {
  return page.evaluate(async () => {
    // a colour that is inherited fades once more after the one it comes from; a spinner never ends
    for (let round = 0; round < 10; round++) {
      for (let frame = 0; frame < 3; frame++) await new Promise((done) => requestAnimationFrame(done))
      const ending = document.getAnimations().filter((animation) => animation.playState === 'running' && animation.effect?.getComputedTiming().endTime !== Infinity)
      if (ending.length === 0) return
      await Promise.all(ending.map((animation) => animation.finished.catch(() => undefined)))
    }
  })
}

// what Intl writes by itself: days, months, times, durations, sizes
const DATES = String.raw`\b(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Mon|Tue|Wed|Thu|Fri|Sat|Sun|(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*|today|tomorrow|yesterday|in|ago|AM|PM|min|minutes?|hr|hours?|days?|GMT|byte|[kMG]B)\b`

/** Every visible text and label that is neither marked by the pseudo-locale nor made of allowed texts, dates and times. */
export function bareTexts(page, allowed = []) {
  return page.evaluate(([allowed, dates]) => {
    const bare = new Set()
    const say = (text) => {
      const clean = text?.trim()
      if (!clean || clean.includes('⟦') || clean.includes('⟧') || allowed.some((one) => clean.includes(one) || one.includes(clean))) return
      if (/\p{L}{2,}/u.test(clean.replaceAll(new RegExp(dates, 'gi'), ''))) bare.add(clean)
    }
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const element = node.parentElement
      if (element && !element.closest('script,style,code,pre,noscript,[translate="no"],[data-user-text]') && element.checkVisibility()) say(node.textContent)
    }
    for (const element of document.querySelectorAll('[aria-label],[title],[placeholder],[alt]')) {
      if (element.closest('[translate="no"],[data-user-text],[aria-hidden="true"]')) continue
      for (const name of ['aria-label', 'title', 'placeholder', 'alt']) say(element.getAttribute(name))
    }
    return [...bare]
  }, [allowed, DATES])
}

/** A working day at least so many days ahead, so that all of it is free: '2026-11-24'. */
export function workday(ahead = 2, timeZone = 'America/Sao_Paulo') {
  const today = new Date(`${new Intl.DateTimeFormat('en-CA', { timeZone }).format()}T12:00:00Z`)
  const day = new Date(today.getTime() + ahead * 86_400_000)
  while ([0, 6].includes(day.getUTCDay())) day.setUTCDate(day.getUTCDate() + 1)
  return day.toISOString().slice(0, 10)
}

export const OWNER = { name: 'Maria Souza', email: 'maria@bela.test', password: 'front-desk-1' }

/** Sets a company up without the wizard. Returns the set-up answer. */
export async function setUp(url, changes = {}) {
  const answer = await fetch(`${url}/api/recado/setup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      owner: OWNER,
      company: { name: 'Clínica Bela', kind: 'clinic', timezone: 'America/Sao_Paulo', locale: 'pt-BR', currency: 'BRL' },
      agenda: { name: 'Maria Souza', hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, start: 540, end: 1080 })), service: { name: 'Avaliação', duration: 30, price: 15000 } },
      widget: { color: '#0b7450', title: 'Clínica Bela' },
      ...changes,
    }),
  })
  if (!answer.ok) throw new Error(`set-up answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

/** Puts a sign-in into a page's browser, as the login page would. */
export async function signIn(page, { token, record }) {
  // a sandboxed frame has no storage
  await page.addInitScript((auth) => window === window.top && localStorage.setItem('pocketbase_auth', JSON.stringify(auth)), { token, record })
}
