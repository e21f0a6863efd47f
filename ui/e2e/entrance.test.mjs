// The way in: wizard, sign-in, an invite, and the settings, in the real browser against the real binary.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { bareTexts, faults, launch, open, OWNER, ready, scheme, shot, signIn, setUp, startRecado } from './harness.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

/** The checks of every screen: all of it in light, the colours again in dark; no errors. */
async function inspect(page, name) {
  for (const value of ['light', 'dark']) {
    await scheme(page, value)
    await shot(page, `${name}-${value}`)
    assert.deepEqual(await faults(page, value === 'dark' ? ['color-contrast'] : undefined), [], `${name} ${value}`)
  }
  assert.deepEqual(page.errors, [], name)
}

test('the wizard opens an empty Recado', async (t) => {
  const recado = await startRecado()
  t.after(() => recado.stop())
  const page = await open(browser, recado.url)

  await page.goto('/')
  await page.waitForURL('**/setup')
  await ready(page, 'input[name=name]')
  await inspect(page, 'setup-1')
  await page.getByLabel('Your name').fill(OWNER.name)
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.locator('input[name=password]').fill(OWNER.password)
  await page.getByRole('button', { name: 'Continue' }).click()

  await ready(page, 'input[name=company]')
  assert.match(await page.getByRole('combobox', { name: 'Time zone' }).inputValue(), /Sao Paulo/)
  assert.match(await page.getByRole('combobox', { name: 'Currency' }).inputValue(), /BRL/)
  await page.locator('input[name=company]').fill('Clínica Bela')
  await page.getByRole('combobox', { name: 'Kind of business' }).click()
  await page.getByRole('option', { name: 'Clinic or practice' }).click()
  await inspect(page, 'setup-2')
  await page.getByRole('button', { name: 'Continue' }).click()

  await page.getByLabel('A service').fill('Avaliação')
  await page.getByLabel('Price (BRL)').fill('150,00')
  await page.getByRole('switch', { name: 'Saturday' }).press('Space')
  await page.getByLabel('Saturday, to').fill('12:00')
  await inspect(page, 'setup-3')
  await page.getByRole('button', { name: 'Continue' }).click()

  await page.getByLabel('Colour 3').press('Space')
  await inspect(page, 'setup-4')
  await page.getByRole('button', { name: 'Open the front desk' }).click()

  await page.getByText('Clínica Bela is open').waitFor()
  await page.getByText('data-channel=').waitFor()
  await page.getByText('Only this machine can open Recado now.').waitFor()
  await inspect(page, 'setup-5')
  assert.match(await page.getByRole('group', { name: 'Password' }).locator('code').innerText(), /\S{12,}/)
  await page.getByRole('link', { name: 'To the conversations' }).click()
  await page.waitForURL('**/inbox')

  // for ever after the wizard is closed
  const again = await open(browser, recado.url)
  await again.goto('/setup')
  await again.waitForURL('**/login')
})

test('the wizard on a phone, over plain http from another machine', async (t) => {
  // bound to more than loopback, set-up asks for the code on the console
  const recado = await startRecado({}, '0.0.0.0')
  t.after(() => recado.stop())
  const lan = await launch({ args: ['--no-sandbox', '--host-resolver-rules=MAP recado.lan 127.0.0.1'] })
  t.after(() => lan.close())
  const page = await open(lan, recado.url.replace('127.0.0.1', 'recado.lan'), { locale: 'pt-BR', viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true })

  await page.goto('/')
  await page.waitForURL('**/setup')
  await page.getByLabel('Código de instalação').fill('wrong')
  await inspect(page, '390-setup-1')
  await page.getByLabel('Seu nome').fill(OWNER.name)
  await page.getByLabel('E-mail').fill(OWNER.email)
  await page.locator('input[name=password]').fill(OWNER.password)
  await page.getByRole('button', { name: 'Continuar' }).click()
  await page.locator('input[name=company]').fill('Clínica Bela')
  await page.getByRole('combobox', { name: 'Tipo de negócio' }).click()
  await page.getByRole('option', { name: 'Clínica ou consultório' }).click()
  await inspect(page, '390-setup-2')
  await page.getByRole('button', { name: 'Continuar' }).click()
  await page.getByLabel('Um serviço').fill('Avaliação')
  await inspect(page, '390-setup-3')
  await page.getByRole('button', { name: 'Continuar' }).click()
  await inspect(page, '390-setup-4')
  await page.getByRole('button', { name: 'Abrir a recepção' }).click()

  // a wrong code leads back to where it is asked, with everything else kept
  await page.getByText('Este não é o código que o Recado mostrou ao iniciar.').waitFor()
  page.errors.length = 0
  await page.getByLabel('Código de instalação').fill(recado.code())
  for (let step = 0; step < 3; step++) await page.getByRole('button', { name: 'Continuar' }).click()
  await page.getByRole('button', { name: 'Abrir a recepção' }).click()
  await page.getByText('Clínica Bela está no ar').waitFor()
  await page.getByRole('img', { name: 'Código QR de http://' }).waitFor()
  await inspect(page, '390-setup-5')

  // without the clipboard of secure pages, copying still works
  assert.equal(await page.evaluate(() => window.isSecureContext), false)
  await page.getByRole('button', { name: 'Copiar' }).first().click()
  await page.getByRole('button', { name: 'Copiado' }).waitFor()

  // and so does the live feed
  await page.getByRole('link', { name: 'Ir para as conversas' }).click()
  await page.waitForURL('**/inbox')
  const { channel } = await page.evaluate(async () => {
    const auth = JSON.parse(localStorage.getItem('pocketbase_auth'))
    const company = location.pathname.split('/')[2]
    const channels = await (await fetch(`/api/collections/channels/records?company=${company}`, { headers: { Authorization: auth.token } })).json()
    return { channel: channels.items[0] }
  })
  const json = { 'Content-Type': 'application/json' }
  const webchat = `${recado.url}/api/recado/webchat`
  const visitor = await (await fetch(`${webchat}/${channel.public_key}/sessions`, { method: 'POST', headers: json, body: '{}' })).json()
  await fetch(`${webchat}/messages`, { method: 'POST', headers: { ...json, Authorization: `Bearer ${visitor.token}` }, body: '{"clientId":"first","text":"Oi"}' })
  await page.waitForFunction(() => document.title.startsWith('(1) '))
  assert.deepEqual(page.errors, [])
})

test('sign-in, invite and settings', async (t) => {
  const recado = await startRecado()
  t.after(() => recado.stop())
  const made = await setUp(recado.url)
  const base = `/c/${made.company.id}`
  const page = await open(browser, recado.url)
  // changing the password ended the sign-in of set-up
  const again = async () => {
    const body = JSON.stringify({ identity: OWNER.email, password: 'front-desk-3' })
    return (await fetch(`${recado.url}/api/collections/users/auth-with-password`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })).json()
  }

  await t.test('sign-in comes back to where one was', async () => {
    await page.goto(`${base}/settings/members`)
    await page.waitForURL('**/login?return=**')
    await ready(page, 'input[name=email]')
    await inspect(page, 'login')
    await page.getByLabel('E-mail').fill(OWNER.email)
    await page.locator('input[name=password]').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('E-mail or password is not right.').waitFor()
    page.errors.length = 0 // the browser reports the refused request itself
    await page.locator('input[name=password]').fill(OWNER.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL('**/settings/members')
  })

  let link = ''
  await t.test('an invite link is made', async () => {
    await ready(page, 'text=The team')
    await page.getByRole('button', { name: 'Invite' }).first().click()
    await page.getByRole('dialog').getByRole('button', { name: 'Make the link' }).waitFor()
    await inspect(page, 'invite-make')
    await page.getByRole('button', { name: 'Make the link' }).click()
    link = await page.getByRole('group', { name: 'Send them this link' }).locator('code').innerText()
    assert.match(link, /\/invite\/\S{20,}/)
    await inspect(page, 'invite-made')
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByText('Whoever has the link').waitFor()
  })

  await t.test('a second person joins', async () => {
    const second = await open(browser, recado.url, { locale: 'pt-BR', viewport: { width: 390, height: 800 } })
    await second.goto(new URL(link).pathname)
    await ready(second, 'input[name=name]')
    await inspect(second, 'invite-accept-390')
    await second.getByLabel('Seu nome').fill('João Lima')
    await second.getByLabel('E-mail').fill('joao@bela.test')
    await second.locator('input[name=password]').fill('front-desk-2')
    await second.getByRole('button', { name: 'Criar conta e entrar' }).click()
    await second.waitForURL('**/inbox')
    // the owner's screen knows without a reload
    await page.getByText('João Lima').waitFor()
    await page.getByText('Used', { exact: true }).waitFor()
    await inspect(page, 'members')
    await second.context().close()
  })

  await t.test('roles, deactivation and passwords', async () => {
    await page.getByRole('combobox', { name: 'Role of João Lima' }).click()
    await page.getByRole('option', { name: 'Manager' }).click()
    await page.getByText('Saved', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: 'More for João Lima' }).click()
    await page.getByRole('menuitem', { name: 'New password' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'New password' }).click()
    assert.match(await page.getByRole('group', { name: 'The new password' }).locator('code').innerText(), /\S{8,}/)
    await inspect(page, 'reset')
    await page.getByRole('button', { name: 'Done' }).click()
    await page.getByRole('button', { name: 'More for João Lima' }).click()
    await page.getByRole('menuitem', { name: 'Deactivate' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Deactivate' }).click()
    await page.getByText('Inactive', { exact: true }).waitFor()
    // the last owner stays
    await page.getByRole('combobox', { name: 'Role of Maria Souza' }).click()
    await page.getByRole('option', { name: 'Agent' }).click()
    await page.getByText('A company needs an owner.').waitFor()
    page.errors.length = 0
  })

  await t.test('the company', async () => {
    await page.goto(`${base}/settings/company`)
    await ready(page, 'text=About the company')
    await page.getByRole('button', { name: 'Add a topic' }).click()
    await page.getByLabel('Topic', { exact: true }).fill('Estacionamento')
    await page.getByLabel('Answer', { exact: true }).fill('Ao lado, grátis por duas horas.')
    await inspect(page, 'company')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
    await page.reload()
    await page.getByLabel('Topic', { exact: true }).waitFor()
    assert.equal(await page.getByLabel('Topic', { exact: true }).inputValue(), 'Estacionamento')
  })

  await t.test('queues', async () => {
    await page.goto(`${base}/settings/queues`)
    await ready(page, 'text=Departments')
    await page.getByRole('button', { name: 'New queue' }).click()
    await page.getByRole('dialog').getByLabel('Name').fill('Financeiro')
    await page.getByRole('switch', { name: 'Same hours as the company' }).press('Space')
    await page.getByRole('dialog').getByLabel('Days off').fill('2026-12-25')
    await page.getByRole('dialog').getByRole('button', { name: 'Add', exact: true }).click()
    await inspect(page, 'queue')
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: /Financeiro/ }).waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await inspect(page, 'queues')
  })

  await t.test('the channel and its preview', async () => {
    await page.goto(`${base}/settings/channels`)
    await ready(page, 'text=The ways customers reach you.')
    await inspect(page, 'channels')
    await page.locator('main li a').first().click()
    await ready(page, 'text=Look and words')
    const preview = page.frameLocator('iframe')
    await preview.getByText('Clínica Bela').first().waitFor()
    await page.getByLabel('Title').fill('Fale com a Bela')
    await preview.getByText('Fale com a Bela').first().waitFor()
    await page.getByRole('combobox', { name: 'Allowed websites' }).fill('bela.example/contato')
    await page.keyboard.press('Enter')
    await page.getByText('https://bela.example', { exact: true }).waitFor()
    await inspect(page, 'channel')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved', { exact: true }).waitFor()
  })

  await t.test('the profile', async () => {
    await page.goto(`${base}/settings/profile`)
    await ready(page, 'text=New messages')
    await inspect(page, 'profile')
    await page.getByRole('combobox', { name: 'Language' }).click()
    await page.getByRole('option', { name: 'Português (Brasil)' }).click()
    await page.getByRole('heading', { name: 'Mensagens novas' }).waitFor()
    assert.equal(await page.getAttribute('html', 'lang'), 'pt-BR')
    await shot(page, 'profile-pt')
  })

  await t.test('a new password keeps the person in, and ends the other sign-ins', async () => {
    const elsewhere = await open(browser, recado.url)
    await signIn(elsewhere, { token: made.token, record: made.record, company: made.company })
    await page.goto(`${base}/settings/security`)
    await page.getByRole('listitem').filter({ hasText: 'Este aparelho' }).waitFor()
    await inspect(page, 'security')
    await page.getByLabel('Senha atual').fill(OWNER.password)
    await page.getByLabel('Nova senha').fill('front-desk-3')
    await page.getByRole('button', { name: 'Mudar senha' }).click()
    await page.getByText('Senha alterada').waitFor()
    await page.reload()
    await ready(page, 'text=Este aparelho')
    await elsewhere.goto(base)
    await elsewhere.waitForURL('**/login**')
    await elsewhere.context().close()
    await page.goto(`${base}/settings/profile`)
    await ready(page, 'text=Mensagens novas')
  })

  await t.test('a new message is counted in the title and the icon', async () => {
    const webchat = `${recado.url}/api/recado/webchat`
    const json = { 'Content-Type': 'application/json' }
    const visitor = await (await fetch(`${webchat}/${made.channel.public_key}/sessions`, { method: 'POST', headers: json, body: '{"name":"Ana"}' })).json()
    await fetch(`${webchat}/messages`, { method: 'POST', headers: { ...json, Authorization: `Bearer ${visitor.token}` }, body: '{"clientId":"first","text":"Oi"}' })
    await page.waitForFunction(() => document.title.startsWith('(1) '))
    assert.match(await page.getAttribute('link[rel=icon]', 'href'), /unread/)
    await page.getByLabel('1 conversa não lida').first().waitFor()
    await page.locator('label', { hasText: 'Número na aba' }).first().click()
    await page.waitForFunction(() => !document.title.startsWith('('))
    await page.locator('label', { hasText: 'Número na aba' }).first().click()
    await page.waitForFunction(() => document.title.startsWith('(1) '))
  })

  await t.test('palette and help by keyboard', async () => {
    await page.goto(`${base}/settings/profile`)
    await ready(page, 'text=Mensagens novas')
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('Ir, trocar, fazer…').fill('agenda')
    await inspect(page, 'palette')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/calendar')
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Atalhos do teclado' }).waitFor()
    await inspect(page, 'help')
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('i')
    await page.waitForURL('**/inbox')
  })

  await t.test('on a phone', async () => {
    const phone = await open(browser, recado.url, { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true })
    await signIn(phone, await again())
    for (const [path, text] of [
      ['settings', 'Settings'],
      ['settings/profile', 'New messages'],
      ['settings/company', 'About the company'],
      ['settings/members', 'Whoever has the link'],
      ['settings/queues', 'Departments'],
      ['settings/channels', 'The ways customers reach you.'],
    ]) {
      await phone.goto(`${base}/${path}`)
      await ready(phone, `main >> text=${text}`)
      await inspect(phone, `390-${path.replace('/', '-')}`)
    }
    await phone.context().close()
  })

  await t.test('no text is left untranslated', async () => {
    const pseudo = await open(browser, recado.url)
    await signIn(pseudo, await again())
    const people = ['Maria Souza', 'João Lima', 'Clínica Bela', 'Financeiro', '.test', 'Estacionamento', 'Ao lado', 'bela.example', 'Português', 'English', 'Español', 'Fale com', 'https://', 'BRL', 'America/', 'Recepção', 'Mon Tue', 'Site']
    for (const path of ['settings/profile', 'settings/company', 'settings/members', 'settings/queues', 'settings/channels', `settings/channels/${made.channel.id}`]) {
      await pseudo.goto(`${base}/${path}?lang=qps`)
      await ready(pseudo, 'section h2')
      assert.deepEqual(await bareTexts(pseudo, people), [], path)
    }
    await pseudo.context().close()
  })
})
