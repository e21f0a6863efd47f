// Signing in only during working hours: the switch, what somebody sees whose hours are over, here or everywhere. In the
// real browser against the real binary.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browser, owner, recado, team } from './front.mjs'
import { bareTexts, faults, open, ready, scheme, shot, signIn, workday } from './harness.mjs'

test('working hours', async (t) => {
  await team.colleague('Ana Lima')
  const member = await team.first('members', `email = 'ana@bela.test'`)
  const day = workday(2)
  const weekday = new Date(`${day}T12:00:00Z`).getUTCDay()
  await team.patch('members', member.id, { work_hours: { weekly: [{ weekday, start: 540, end: 1080 }], closed: [] } })

  const page = await open(browser, recado.url, { viewport: { width: 1280, height: 900 } })
  await signIn(page, owner)
  const hers = await open(browser, recado.url)
  await hers.goto('/login')
  await enter(hers)
  await hers.waitForURL('**/inbox')
  await ready(hers, 'nav')
  const spoken = { en: /outside your work hours. You can come in again on .*9:00/, 'pt-BR': /fora do seu horário de trabalho. O próximo começa: .*9:00/, es: /fuera de tu horario de trabajo. El próximo empieza: .*9:00/ }

  await t.test('an owner switches them on', async () => {
    await page.goto(`/c/${owner.company.id}/settings/company`)
    await ready(page, 'h1')
    await page.getByRole('switch', { name: 'Only during working hours' }).check({ force: true })
    await shot(page, 'switch')
    await page.getByRole('button', { name: 'Save' }).click()
    await team.until(async () => (await team.first('companies', `id = '${owner.company.id}'`)).settings.work_hours_only)
    assert.deepEqual(await faults(page), [])
    assert.deepEqual(page.errors, [])
  })

  await t.test('who is there outside of them is signed out, and told why', async () => {
    await hers.reload()
    await hers.waitForURL('**/login*')
    await hers.getByRole('alert').filter({ hasText: spoken.en }).waitFor()
    for (const value of ['light', 'dark']) {
      await scheme(hers, value)
      await shot(hers, `told-${value}`)
      assert.deepEqual(await faults(hers), [], value)
    }
    await hers.reload()
    await ready(hers, 'h1')
    assert.equal(await hers.getByRole('alert').count(), 0, 'it is told once')
  })

  await t.test('and may not sign in, in three languages', async () => {
    for (const [language, words] of Object.entries(spoken)) {
      await hers.setViewportSize({ width: 390, height: 800 })
      await hers.evaluate((language) => localStorage.setItem('recado-language', language), language)
      await hers.goto('/login')
      await enter(hers)
      await hers.getByRole('alert').filter({ hasText: words }).waitFor()
      await shot(hers, `refused-${language}`)
      assert.deepEqual(await faults(hers), [], language)
    }
    hers.errors.length = 0 // the browser reports the refusals
  })

  await t.test('who works elsewhere too goes there', async () => {
    await team.patch('members', member.id, { work_hours: null })
    const { company: second } = await team.call('POST', '/api/recado/companies', { name: 'Clínica Dois' })
    const { code } = await team.call('POST', `/api/recado/companies/${second.id}/invite-code?company=${second.id}`, {})
    const joined = await fetch(`${recado.url}/api/recado/companies/join`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: (await again()).token },
      body: JSON.stringify({ code }),
    })
    assert.ok(joined.ok, await joined.text())
    const there = await open(browser, recado.url)
    await signIn(there, await again())
    await there.goto(`/c/${owner.company.id}/inbox`)
    await ready(there, 'nav')
    await team.patch('members', member.id, { work_hours: { weekly: [{ weekday, start: 540, end: 1080 }], closed: [] } })
    await there.reload()
    await there.getByText(spoken.en).waitFor()
    await there.getByText('Not at this hour').waitFor()
    await shot(there, 'here')
    assert.deepEqual(await faults(there), [])
    await there.goto(`/c/${owner.company.id}/inbox?lang=qps`)
    await there.getByRole('link', { name: 'Clínica Dois' }).waitFor()
    assert.deepEqual(await bareTexts(there, ['Clínica Dois']), [])
    await there.getByRole('link', { name: 'Clínica Dois' }).click()
    await there.waitForURL(`**/c/${second.id}/*`)
    await ready(there, 'nav')
  })

  async function enter(page) {
    await page.locator('input[name=email]').fill('ana@bela.test')
    await page.locator('input[name=password]').fill('front-desk-2')
    await page.locator('button[type=submit]').click()
  }

  /** Another sign-in of hers. */
  async function again() {
    const answer = await fetch(`${recado.url}/api/collections/users/auth-with-password`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ identity: 'ana@bela.test', password: 'front-desk-2' }),
    })
    return answer.json()
  }
})
