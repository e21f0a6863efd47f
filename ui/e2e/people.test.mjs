// Who works here and may do what, and the companies themselves: roles, exceptions, managers, letting somebody go,
// another company, its end, and all of them as whoever runs the instance sees them. In the real browser against the
// real binary.
import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { browser, owner, recado, team } from './front.mjs'
import { bareTexts, faults, open, ready, scheme, shot, signIn } from './harness.mjs'

test('people, roles and companies', async (t) => {
  const page = await open(browser, recado.url, { viewport: { width: 1280, height: 900 } })
  await signIn(page, owner)
  const base = `/c/${owner.company.id}`
  const dialog = page.getByRole('dialog')
  const go = async (path) => {
    await page.goto(`${base}/${path}`)
    await ready(page, 'h1')
  }
  const row = (name) => page.getByRole('listitem').filter({ hasText: name }).first()
  const ana = await team.colleague('Ana Lima')
  await team.colleague('Bruno Reis')
  const [anaMember, brunoMember] = await Promise.all(['ana@bela.test', 'bruno@bela.test'].map((email) => team.first('members', `email = '${email}'`)))

  await t.test('a role is made as a copy of another', async () => {
    await go('settings/roles')
    await row('Agent').getByRole('button').click()
    await dialog.getByRole('button', { name: 'Copy' }).click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Trainee')
    await dialog.getByLabel('See').first().selectOption('team')
    await dialog.getByRole('checkbox', { name: 'Add contacts' }).uncheck()
    await shot(page, 'role')
    assert.deepEqual(await faults(page), [])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await row('Trainee').waitFor()
    await shot(page, 'roles')
    const made = await team.first('roles', `name = 'Trainee'`)
    assert.ok(made.permissions.includes('contacts.view_team') && !made.permissions.includes('contacts.view_all') && !made.permissions.includes('contacts.add'))
  })

  await t.test('a member gets a manager and an exception', async () => {
    await go('settings/members')
    await page.getByRole('button', { name: 'More for Ana Lima' }).click()
    await page.getByRole('menuitem', { name: 'Role and exceptions' }).click()
    await dialog.getByRole('combobox', { name: 'Role' }).click()
    await page.getByRole('option', { name: 'Trainee' }).click()
    await dialog.getByRole('combobox', { name: 'Manager' }).click()
    await page.getByRole('option', { name: 'Bruno Reis' }).click()
    await dialog.getByRole('checkbox', { name: 'Add contacts' }).check()
    await dialog.getByText('1 exception from the role Trainee').waitFor()
    await shot(page, 'access')
    assert.deepEqual(await faults(page), [])
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    const now = await team.first('members', `id = '${anaMember.id}'`)
    assert.equal(now.manager, brunoMember.id)
    assert.ok(now.permissions.includes('contacts.add') && !now.permissions.includes('contacts.view_all'))
    await row('Ana Lima').getByText('under Bruno Reis').waitFor()
  })

  await t.test('a role in use stays', async () => {
    await go('settings/roles')
    await row('Trainee').getByRole('button').click()
    assert.ok(await dialog.getByRole('button', { name: 'Delete' }).isDisabled())
  })

  await t.test('somebody is added at once', async () => {
    await go('settings/members')
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Clara Nunes')
    await dialog.getByRole('textbox', { name: 'E-mail' }).fill('ana@bela.test')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    await dialog.getByRole('alert').waitFor()
    await dialog.getByRole('textbox', { name: 'E-mail' }).fill('clara@bela.test')
    await dialog.getByRole('button', { name: 'Add', exact: true }).click()
    const password = await dialog.locator('code').innerText()
    await dialog.getByRole('button', { name: 'Done' }).click()
    const clara = await open(browser, recado.url)
    await clara.goto('/login')
    await clara.getByLabel('E-mail').fill('clara@bela.test')
    await clara.locator('input[name=password]').fill(password)
    await clara.getByRole('button', { name: 'Sign in' }).click()
    await clara.waitForURL('**/inbox')
    await clara.context().close()
  })

  await t.test('who leaves hands over', async () => {
    const contact = await team.create('contacts', { name: 'Dora Campos', owner: anaMember.id })
    await go('settings/members')
    await page.getByRole('button', { name: 'More for Ana Lima' }).click()
    await page.getByRole('menuitem', { name: 'Deactivate' }).click()
    await dialog.getByRole('combobox', { name: '1 contact goes to' }).click()
    await page.getByRole('option', { name: 'Bruno Reis' }).click()
    await shot(page, 'leave')
    assert.deepEqual(await faults(page), [])
    await dialog.getByRole('button', { name: 'Deactivate' }).click()
    await row('Ana Lima').getByText('Inactive').waitFor()
    assert.equal((await team.first('contacts', `id = '${contact.id}'`)).owner, brunoMember.id)
  })

  let second
  await t.test('another company, in another tab', async () => {
    await go('inbox')
    await page.getByRole('button', { name: 'Change company' }).click()
    await page.getByRole('menuitem', { name: 'New company' }).click()
    await dialog.getByRole('textbox', { name: 'Name' }).fill('Clínica Dois')
    await dialog.getByRole('combobox', { name: 'Begins' }).click()
    await page.getByRole('option', { name: 'Clínica Bela' }).click()
    await shot(page, 'company-new')
    await dialog.getByRole('button', { name: 'Make it' }).click()
    await page.waitForURL((url) => url.pathname.endsWith('/settings/company') && !url.pathname.includes(owner.company.id))
    await ready(page, 'h1')
    second = page.url().split('/')[4]
    const tab = await page.context().newPage()
    await tab.goto(`${base}/settings/roles`)
    await ready(tab, 'h1')
    await tab.getByRole('button', { name: 'Change company' }).getByText('Clínica Bela').waitFor()
    await page.getByRole('button', { name: 'Change company' }).getByText('Clínica Dois').waitFor()
    await tab.close()
  })

  await t.test('who was let go elsewhere joins it by its code', async () => {
    await page.goto(`/c/${second}/settings/company`)
    await ready(page, 'h1')
    await page.getByRole('button', { name: 'Make a code' }).click()
    const code = await page.locator('code').filter({ hasText: /^\w{4}-\w{4}-\w{4}$/ }).innerText()
    await shot(page, 'company')
    assert.deepEqual(await faults(page), [])
    const guest = await open(browser, recado.url, { viewport: { width: 390, height: 800 } })
    await guest.goto(`/join?code=${code}`)
    await ready(guest, 'h1')
    await shot(guest, 'join-phone')
    assert.deepEqual(await faults(guest), [])
    await guest.getByRole('link', { name: 'Sign in' }).click()
    await guest.getByRole('button', { name: 'Sign in' }).waitFor() // the page before has the same fields
    await guest.getByLabel('E-mail').fill('ana@bela.test')
    await guest.locator('input[name=password]').fill('front-desk-2')
    await guest.getByRole('button', { name: 'Sign in' }).click()
    await guest.getByText('You join as Ana Lima').waitFor()
    await guest.getByRole('button', { name: 'Join' }).click()
    await guest.waitForURL(`**/c/${second}/inbox`)
    await ready(guest, 'h1')
    assert.deepEqual(guest.errors, [])
    await guest.context().close()
    assert.ok(ana)
  })

  await t.test('all its data as one file', async () => {
    await page.getByRole('button', { name: 'Make the archive' }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: /Download/ }).click()
    const file = await (await download).path()
    assert.equal(fs.readFileSync(file).subarray(0, 2).toString(), 'PK')
  })

  await t.test('a company is closed, deleted and taken back', async () => {
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    await dialog.getByLabel(/Write its name/).fill('Clínica Dois')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText(/is closed and will be removed/).waitFor()
    await shot(page, 'company-leaving')
    await page.getByRole('button', { name: 'Keep the company' }).click()
    await page.getByRole('button', { name: 'Close', exact: true }).waitFor()
  })

  await t.test('the instance at one glance, and acting for somebody', async () => {
    const admin = await open(browser, recado.url)
    await admin.goto('/admin')
    await admin.getByLabel('E-mail').fill(owner.superuser.email)
    await admin.getByLabel('Password').first().fill(owner.superuser.password)
    await admin.getByRole('button', { name: 'Sign in' }).click()
    await admin.getByRole('button', { name: /Clínica Dois/ }).click()
    await shot(admin, 'admin')
    assert.deepEqual(await faults(admin), [])
    await scheme(admin, 'dark')
    assert.deepEqual(await faults(admin, ['color-contrast']), [])
    await admin.getByRole('button', { name: 'Suspend' }).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click()
    await admin.getByText('Suspended').first().waitFor()
    await page.goto(`/c/${second}/inbox`)
    await page.getByText('suspended by whoever runs this Recado').waitFor()
    page.errors.length = 0 // the browser reports the refusals

    await admin.getByRole('button', { name: /Clínica Bela/ }).click()
    await admin.getByRole('listitem').filter({ hasText: 'Bruno Reis' }).last().getByRole('button', { name: 'Act for' }).click()
    await admin.getByRole('dialog').getByRole('button', { name: 'Act for' }).click()
    await admin.waitForURL(`**${base}/inbox`)
    await admin.getByText('You act for Bruno Reis').waitFor()
    await shot(admin, 'acting')
    assert.deepEqual(await faults(admin), [])
    await admin.getByRole('button', { name: 'End' }).click()
    await admin.waitForURL('**/admin')
    await admin.context().close()
  })

  await t.test('nothing is left untranslated, and it fits a phone', async () => {
    const phone = await open(browser, recado.url, { viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true })
    await signIn(phone, owner)
    for (const path of ['settings/roles', 'settings/members', 'settings/company']) {
      await phone.goto(`${base}/${path}?lang=qps`)
      await ready(phone, 'h1')
      await shot(phone, `phone-${path.split('/')[1]}`)
      assert.deepEqual(await faults(phone), [], path)
      if (path === 'settings/roles') {
        assert.deepEqual(await bareTexts(phone, ['Clínica Bela', 'Maria Souza', 'Trainee', 'maria@bela.test']), [], path)
        await phone.getByRole('listitem').first().getByRole('button').click()
        await phone.getByRole('dialog').waitFor()
        assert.deepEqual(await bareTexts(phone, ['Clínica Bela', 'Maria Souza', 'Trainee', 'maria@bela.test']), [], 'a role')
        assert.deepEqual(await faults(phone), [], 'a role')
      }
    }
    assert.deepEqual(phone.errors, [])
    await phone.context().close()
  })

  assert.deepEqual(page.errors, [])
  await page.context().close()
})
