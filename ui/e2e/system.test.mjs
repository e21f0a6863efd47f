// How this Recado runs, in the real browser against the real binary: a job that fails and is tried again, rows that
// were given up, what takes room, and the banner of a disk that fills up and gets room again.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { bareTexts, faults, launch, open, ready, scheme, setUp, shot, signIn, startRecado } from './harness.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

async function desk(t, env = {}) {
  const recado = await startRecado(env)
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const call = async (method, url, body) => {
    const answer = await fetch(`${recado.url}${url}${url.includes('?') ? '&' : '?'}company=${made.company.id}`, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: made.token },
      body: body && JSON.stringify(body),
    })
    assert.ok(answer.ok, `${method} ${url} answered ${answer.status}`)
    return answer.json()
  }
  return { recado, made, call, system: `/c/${made.company.id}/settings/system` }
}

test('a job that fails is seen, mended and run again', async (t) => {
  const { recado, made, call, system } = await desk(t)
  // where backups should go there is a file: the job of the backups can't do anything
  fs.rmSync(path.join(recado.dir, 'backups'), { recursive: true, force: true })
  fs.writeFileSync(path.join(recado.dir, 'backups'), 'in the way')
  await call('POST', '/api/recado/system/jobs/backup/run')

  const page = await open(browser, recado.url)
  await signIn(page, made)
  await page.goto(system)
  const row = page.getByRole('listitem').filter({ hasText: 'Backup' })
  await row.getByText('Failed').waitFor()
  await page.getByRole('alert').filter({ hasText: 'Backup' }).waitFor()
  await page.getByText('Needs attention').waitFor()
  await page.getByText('Database data.db').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'system')
  await scheme(page, 'dark')
  assert.deepEqual(await faults(page), [])
  await shot(page, 'system-dark')

  fs.rmSync(path.join(recado.dir, 'backups'))
  await row.getByRole('button', { name: 'Try again: Backup' }).focus()
  await page.keyboard.press('Enter')
  await row.getByRole('button', { name: 'Run now: Backup' }).waitFor()
  await page.getByText('Everything is as it should be.').waitFor()
  await page.getByText('All well').waitFor()

  await page.setViewportSize({ width: 390, height: 844 })
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'system-phone-dark')
  await page.goto(`${system}?lang=pt-BR`)
  await page.getByRole('heading', { name: 'Tarefas' }).waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'system-phone-pt')
  await page.goto(`${system}?lang=qps`)
  await page.locator('main dl').waitFor()
  assert.deepEqual(await bareTexts(page, ['Recado', ' GB', ' MB', ' kB', ' byte', made.record.email, made.record.name, made.company.name]), [])
  assert.deepEqual(page.errors, [])
})

test('what was given up is tried again', async (t) => {
  // a port nobody listens on: the mail can't leave
  const { recado, made, call, system } = await desk(t, { RECADO_SMTP_HOST: '127.0.0.1', RECADO_SMTP_PORT: '1', RECADO_SMTP_SENDER: 'desk@bela.test' })
  const { status } = await call('POST', '/api/recado/mail/test')
  assert.equal(status, 'failed')

  const page = await open(browser, recado.url)
  await signIn(page, made)
  await page.goto(system)
  const queue = page.getByRole('listitem').filter({ hasText: 'Outgoing e-mails' }).filter({ hasText: 'given up' })
  await queue.getByText('1 given up').waitFor()
  await queue.getByText(/refused/).first().waitFor()
  await ready(page)
  await queue.scrollIntoViewIfNeeded()
  assert.deepEqual(await faults(page), [])
  await shot(page, 'system-given-up')
  await queue.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('It is tried again now').waitFor()
  await page.getByText('1 given up').waitFor({ state: 'detached' })
  assert.deepEqual(page.errors, [])
})

test('with several companies the screen says whose it is', async (t) => {
  const { recado, made, system } = await desk(t, { RECADO_SIGNUP: 'open' })
  const answer = await fetch(`${recado.url}/api/recado/signup`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Rui', email: 'rui@other.test', password: 'front-desk-2', company: { name: 'Other' } }),
  })
  assert.ok(answer.ok)
  const page = await open(browser, recado.url)
  await signIn(page, made)
  await page.goto(system)
  await page.getByText('several companies').waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'system-shared')
  assert.deepEqual(page.errors.filter((error) => !error.includes('403')), [])
})

test('a disk that fills up is said in time, and when it has room again', async (t) => {
  const small = fs.mkdtempSync(path.join(os.tmpdir(), 'recado-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', small], { stdio: 'ignore' })
  } catch {
    fs.rmdirSync(small)
    return t.skip('only root may mount a small disk')
  }
  t.after(() => {
    execFileSync('umount', ['-l', small])
    fs.rmdirSync(small)
  })
  const { recado, made } = await desk(t, { RECADO_DIR: path.join(small, 'data') })
  const ballast = path.join(small, 'ballast')
  const leave = (bytes) => {
    fs.rmSync(ballast, { force: true })
    const { bavail, bsize } = fs.statfsSync(small)
    execFileSync('fallocate', ['-l', String(bavail * bsize - bytes), ballast])
  }

  leave(7 << 20)
  const page = await open(browser, recado.url)
  await signIn(page, made)
  await page.goto(`/c/${made.company.id}/inbox`)
  const banner = page.getByRole('status').filter({ hasText: 'disk' })
  await banner.getByText('The server’s disk is nearly full.').or(banner.getByText("The server's disk is nearly full.")).waitFor()
  await ready(page)
  assert.deepEqual(await faults(page), [])
  await shot(page, 'disk-low')
  await scheme(page, 'dark')
  assert.deepEqual(await faults(page), [])
  await shot(page, 'disk-low-dark')

  leave(0)
  await banner.getByText(/disk is full/).waitFor({ timeout: 30_000 })
  assert.deepEqual(await faults(page), [])
  await shot(page, 'disk-full-dark')
  await scheme(page, 'light')
  await page.setViewportSize({ width: 390, height: 844 })
  assert.deepEqual(await faults(page), [])
  await shot(page, 'disk-full-phone')
  await banner.getByRole('link').click()
  await page.getByText('nothing new can be stored').waitFor()
  await ready(page)
  await shot(page, 'system-full-phone')
  assert.deepEqual(await faults(page), [])

  fs.rmSync(ballast)
  await banner.getByText(/disk/).waitFor({ state: 'detached', timeout: 30_000 })
})
