// The pictures of the README: npm run screenshots. A front desk with a day's work on it, in two languages, light and
// dark, wide and on a phone. Writes ../docs/screenshots/*.png.
import fs from 'node:fs'
import path from 'node:path'
import { emptyClinic, fill } from './clinic.mjs'
import { launch, open, ready, scheme, signIn, startRecado } from './harness.mjs'
import { slim } from './png.mjs'

const folder = path.resolve(import.meta.dirname, '../../docs/screenshots')
const WIDE = { width: 1280, height: 800 }
const PHONE = { width: 390, height: 800 }

// grey edges of letters instead of coloured ones: a third less to download
const browser = await launch({ args: ['--no-sandbox', '--disable-lcd-text'] })
fs.mkdirSync(folder, { recursive: true })

async function picture(page, name) {
  const file = path.join(folder, `${name}.png`)
  // a field's cursor blinks: without it the same screen is the same file
  fs.writeFileSync(file, slim(await page.screenshot({ caret: 'hide', animations: 'disabled' })))
  console.log(`${path.relative(process.cwd(), file)}  ${Math.round(fs.statSync(file).size / 1024)} KB`)
}

/** Opens a page of the team in a scheme and size, and pictures it when its content is there. */
async function desk(recado, made, locale, name, address, content, { viewport = WIDE, dark = false } = {}) {
  const page = await open(browser, recado.url, { locale, viewport, colorScheme: dark ? 'dark' : 'light', timezoneId: made.company.timezone })
  await signIn(page, made)
  await page.goto(`/c/${made.company.id}/${address}`)
  await ready(page, content)
  await scheme(page, dark ? 'dark' : 'light')
  await picture(page, name)
  await page.context().close()
}

async function chat(recado, made, locale, name, { viewport = WIDE, dark = false } = {}) {
  const page = await open(browser, recado.url, { locale, viewport, colorScheme: dark ? 'dark' : 'light', timezoneId: made.company.timezone })
  await page.goto('/demo')
  await page.locator('.launcher').click()
  await page.locator('textarea').fill(locale === 'en' ? 'Hi! I would like to book an appointment' : 'Oi! Quero marcar um horário')
  await page.locator('textarea').press('Enter')
  await page.locator('.options button').first().waitFor()
  await page.locator('.options button').first().click()
  await page.locator('.options button').filter({ hasText: /\d/ }).first().click()
  await page.locator('.options button').filter({ hasText: /\d:\d\d/ }).first().waitFor()
  await page.mouse.move(0, 0)
  await picture(page, name)
  await page.context().close()
}

async function setup(recado, locale, suffix) {
  const page = await open(browser, recado.url, { locale })
  await page.goto('/setup')
  await ready(page, 'input[name=name]')
  await picture(page, `setup${suffix}`)
  await page.context().close()
}

for (const locale of ['en', 'pt-BR']) {
  const recado = await startRecado()
  try {
    const suffix = locale === 'en' ? '' : `-${locale.toLowerCase()}`
    await setup(recado, locale, suffix)
    const made = await emptyClinic(recado, locale)
    const { conversation, day, agendas } = await fill(recado, made, locale)
    const talk = [`inbox/${conversation.id}`, 'aside section']
    const week = [`calendar?date=${day}&agendas=${encodeURIComponent(JSON.stringify(agendas.map((agenda) => agenda.id)))}`, '[data-event]']
    await desk(recado, made, locale, `inbox${suffix}`, ...talk)
    await desk(recado, made, locale, `calendar${suffix}`, ...week)
    await desk(recado, made, locale, `reports${suffix}`, 'reports', 'main svg rect')
    await chat(recado, made, locale, `widget${suffix}`)
    if (locale === 'en') {
      await desk(recado, made, locale, 'inbox-dark', ...talk, { dark: true })
      await desk(recado, made, locale, 'calendar-dark', ...week, { dark: true })
      await desk(recado, made, locale, 'inbox-phone', 'inbox', '[role=listitem] a', { viewport: PHONE })
      await desk(recado, made, locale, 'conversation-phone', talk[0], 'article', { viewport: PHONE })
      await desk(recado, made, locale, 'calendar-phone', ...week, { viewport: PHONE })
      await chat(recado, made, locale, 'widget-dark', { dark: true })
      await chat(recado, made, locale, 'widget-phone', { viewport: PHONE })
    }
  } finally {
    await recado.stop()
  }
}
await browser.close()
