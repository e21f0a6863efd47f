// The ways in beside the password, in the real browser against the real binary and a mail server on loopback.
import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import net from 'node:net'
import { after, before, test } from 'node:test'
import { desk } from './desk.mjs'
import { faults, launch, open, OWNER, ready, scheme, setUp, shot, startRecado } from './harness.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

/** The checks of every screen: all of it in light, the colours again in dark. */
async function inspect(page, name) {
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await shot(page, `${name}-${value}`)
    assert.deepEqual(await faults(page, value === 'dark' ? ['color-contrast'] : undefined), [], `${name} ${value}`)
  }
}

/** A mail server that keeps what it gets. */
async function mailServer(t) {
  const mails = []
  let wake = () => {}
  const server = net.createServer((socket) => {
    let data = ''
    let inside = false
    socket.write('220 test ESMTP\r\n')
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      data += chunk
      for (;;) {
        const end = inside ? data.indexOf('\r\n.\r\n') : data.indexOf('\r\n')
        if (end < 0) return
        const line = data.slice(0, end)
        data = data.slice(end + (inside ? 5 : 2))
        if (inside) {
          mails.push(line.replaceAll('=\r\n', '').replaceAll('=3D', '='))
          wake()
          inside = false
          socket.write('250 taken\r\n')
        } else if (/^DATA/i.test(line)) {
          inside = true
          socket.write('354 go\r\n')
        } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return {
    env: { RECADO_SMTP_HOST: '127.0.0.1', RECADO_SMTP_PORT: String(server.address().port), RECADO_SMTP_SENDER: 'desk@bela.test' },
    /** The next mail: its link, as a path, and its code. */
    async next() {
      if (mails.length === 0) await new Promise((done) => (wake = done))
      const mail = mails.shift()
      return { path: /\/auth\/[a-z-]+#\w{40}/.exec(mail)?.[0] ?? '', code: /: (?:<strong>)?(\d{6}|\d{8})[\s<]/.exec(mail)?.[1] ?? '' }
    },
  }
}

/** What an authenticator app shows for a secret; `ahead` steps from now. */
function totp(secret, ahead = 0) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead))
  const sum = crypto.createHmac('sha1', key).update(step).digest()
  const number = sum.readUInt32BE(sum[19] & 15) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

test('a code, a new password, an app', async (t) => {
  const mail = await mailServer(t)
  const recado = await startRecado(mail.env)
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const settings = `/c/${made.company.id}/settings`
  const page = await open(browser, recado.url, { viewport: { width: 390, height: 800 } })
  const submit = () => page.getByRole('button', { name: 'Sign in', exact: true }).click()

  await t.test('by a mailed code', async () => {
    await page.goto('/login')
    await page.getByRole('button', { name: 'Sign in by a code in an e-mail' }).click()
    await page.getByLabel('E-mail').fill(OWNER.email)
    await inspect(page, 'signin-code-390')
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('Code of the e-mail').fill('000000')
    await submit()
    await page.getByText('This code is not right, or not good any more.').waitFor()
    page.errors.length = 0 // the browser reports the refused request itself
    const { code } = await mail.next()
    await page.getByLabel('Code of the e-mail').fill(code)
    await inspect(page, 'signin-sent-390')
    await submit()
    await page.waitForURL('**/inbox')
    assert.match((await mail.next()).path, /^\/auth\/not-me#/) // set-up was on another device
  })

  let secret = ''
  await t.test('an app is set up', async () => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.goto(`${settings}/security`)
    await page.getByRole('button', { name: 'Set up an app' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Present password').fill(OWNER.password)
    await dialog.getByRole('button', { name: 'Go on' }).click()
    secret = await dialog.getByRole('group', { name: 'Or enter this secret' }).locator('code').innerText()
    await inspect(page, 'security-factor')
    await dialog.getByLabel('Code of the app').fill(totp(secret))
    await dialog.getByRole('button', { name: 'Confirm' }).click()
    const codes = await dialog.getByRole('group', { name: 'Recovery codes' }).locator('code').innerText()
    assert.equal(codes.split(' ').length, 10)
    await inspect(page, 'security-recovery')
    await dialog.getByRole('button', { name: 'Done' }).click()
    await page.getByText('10 recovery codes left').waitFor()
    await inspect(page, 'security')
    assert.deepEqual(page.errors, [])
  })

  await t.test('a forgotten password, and the second factor after it', async () => {
    const phone = await open(browser, recado.url, { viewport: { width: 390, height: 800 } })
    await phone.goto('/login')
    await phone.getByRole('link', { name: 'Forgot your password?' }).click()
    await phone.getByLabel('E-mail').fill(OWNER.email)
    await inspect(phone, 'reset-email-390')
    await phone.getByRole('button', { name: 'Send it' }).click()
    await phone.getByLabel('Code of the e-mail').waitFor()
    await inspect(phone, 'reset-code-390')
    const { path } = await mail.next()
    assert.match(path, /^\/auth\/reset#/)
    await phone.goto('about:blank')
    await phone.goto(path)
    await ready(phone, 'input[name=password]')
    assert.equal(new URL(phone.url()).hash, '') // the token does not stay in the address
    await phone.locator('input[name=password]').fill('front-desk-9')
    await inspect(phone, 'reset-password-390')
    await phone.getByRole('button', { name: 'Set the password' }).click()
    await phone.getByText('Sign in with your new password.').waitFor()
    await mail.next() // which tells of it
    await phone.getByRole('link', { name: 'To the sign-in' }).click()
    await phone.getByLabel('E-mail').fill(OWNER.email)
    await phone.locator('input[name=password]').fill('front-desk-9')
    await phone.getByRole('button', { name: 'Sign in', exact: true }).click()
    await phone.getByLabel('Code of the app').waitFor()
    phone.errors.length = 0 // half a sign-in is a 401
    await inspect(phone, 'factor-390')
    await phone.getByLabel('Code of the app').fill(totp(secret, 1)) // each is good once
    await phone.getByRole('button', { name: 'Sign in', exact: true }).click()
    await phone.waitForURL('**/inbox')
    assert.deepEqual(phone.errors, [])
    await phone.context().close()
  })

  await t.test('a link that confirms the address, and one that is used up', async () => {
    const guest = await open(browser, recado.url, { locale: 'pt-BR' })
    await guest.goto(`/auth/verify#${'x'.repeat(40)}`)
    await ready(guest, 'text=Confirme seu endereço')
    await inspect(guest, 'verify')
    await guest.getByRole('button', { name: 'Sim, é meu' }).click()
    await guest.getByText('Isto já foi usado ou é antigo demais. Peça um novo.').waitFor()
    await guest.goto('/auth/not-me#x')
    await ready(guest, 'text=Foi outra pessoa?')
    await inspect(guest, 'not-me')
    await guest.context().close()
  })
})

test('an invite and the whole instance, with more than a password', async (t) => {
  const mail = await mailServer(t)
  const recado = await startRecado(mail.env)
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const team = await desk(recado.url, made)
  const { company } = await team.call('POST', '/api/recado/companies', { name: 'Filial' })
  const role = (await team.call('GET', `/api/collections/roles/records?company=${company.id}&filter=key='agent'`)).items[0]

  /** Somebody who works in the first company, with an app, and is invited to the second. */
  async function invited(name) {
    const { token, record } = await team.colleague(name)
    const own = await desk(recado.url, { token, company: made.company })
    const { secret } = await own.call('POST', '/api/recado/me/totp', { password: 'front-desk-2' })
    await own.call('POST', '/api/recado/me/totp/confirm', { code: totp(secret, -1) })
    const { url } = await team.call('POST', `/api/recado/members/invite?company=${company.id}`, { role: role.id, email: record.email })
    return { email: record.email, secret, path: new URL(url).pathname }
  }
  async function begin(page, { path, email }) {
    await page.goto(path)
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.getByLabel('E-mail').fill(email)
  }
  const submit = (page) => page.getByRole('button', { name: 'Sign in', exact: true }).click()
  async function finish(page, name, { secret }) {
    await page.getByLabel('Code of the app').waitFor()
    page.errors.length = 0 // half a sign-in is a 401
    await page.getByLabel('Code of the app').fill(totp(secret))
    await submit(page)
    await page.getByRole('button', { name: `Join as ${name}` }).click() // and no code once more
    await page.waitForURL(`**/c/${company.id}/inbox`)
    assert.deepEqual(page.errors, [])
    await page.context().close()
  }

  await t.test('an account with an app accepts', async () => {
    const ana = await invited('Ana Lima')
    const page = await open(browser, recado.url, { viewport: { width: 390, height: 800 } })
    await begin(page, ana)
    await page.locator('input[name=password]').fill('front-desk-2')
    await submit(page)
    await finish(page, 'Ana Lima', ana)
    assert.match((await mail.next()).path, /^\/auth\/not-me#/)
  })

  await t.test('so does one whom the other company has let go, by a mailed code', async () => {
    const bruno = await invited('Bruno Reis')
    const member = await team.first('members', `email = '${bruno.email}'`)
    await team.call('POST', `/api/recado/members/${member.id}/deactivate?company=${made.company.id}`, {})
    const page = await open(browser, recado.url)
    await begin(page, bruno)
    await page.getByRole('button', { name: 'Sign in by a code in an e-mail' }).click()
    await page.getByRole('button', { name: 'Send me a code' }).click()
    await page.getByLabel('Code of the e-mail').fill((await mail.next()).code)
    await submit(page)
    await finish(page, 'Bruno Reis', bruno)
    assert.match((await mail.next()).path, /^\/auth\/not-me#/)
  })

  await t.test('whoever runs the instance enters a mailed code', async () => {
    const page = await open(browser, recado.url, { viewport: { width: 390, height: 800 } })
    await page.goto('/admin')
    await page.getByLabel('E-mail').fill(made.superuser.email)
    await page.getByLabel('Password').first().fill(made.superuser.password)
    await submit(page)
    await page.getByLabel('Code of the e-mail').fill('00000000')
    page.errors.length = 0 // half a sign-in is a 401
    await inspect(page, 'admin-code-390')
    await submit(page)
    await page.getByText('This code is not right, or not good any more.').waitFor()
    page.errors.length = 0
    await page.getByLabel('Code of the e-mail').fill((await mail.next()).code)
    await submit(page)
    await page.getByRole('heading', { name: 'This Recado' }).waitFor()
    await page.getByText('Filial').first().waitFor()
    assert.deepEqual(page.errors, [])
    await page.context().close()
  })
})
