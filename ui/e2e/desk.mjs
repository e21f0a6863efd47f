// A Recado to test against: one that runs already, or one of our own on an empty folder.
import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

const PASSWORD = 'correct horse battery'
const bin = process.env.RECADO_BIN ?? path.resolve(import.meta.dirname, '../../bin/recado')

async function start() {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'recado-e2e-'))
  const port = await new Promise((done) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const free = probe.address().port
      probe.close(() => done(free))
    })
  })
  const email = 'owner@example.com'
  const company = ['--name', 'Marina Alves', '--company', 'Aurora Clinic', '--timezone', 'America/Sao_Paulo', '--locale', 'en']
  execFileSync(bin, ['setup', '--dir', dir, '--email', email, '--password', PASSWORD, ...company], { stdio: 'pipe' })
  const child = spawn(bin, ['serve', '--http', `127.0.0.1:${port}`, '--dir', dir], { stdio: 'ignore' })
  const url = `http://127.0.0.1:${port}`
  await patiently(() => fetch(url + '/status').then((r) => r.ok))
  return {
    url,
    email,
    password: PASSWORD,
    stop: () =>
      new Promise((done) => {
        child.on('exit', () => {
          rmSync(dir, { recursive: true, force: true })
          done()
        })
        child.kill()
      }),
  }
}

/** Asks until the answer is truthy. */
async function patiently(ask, seconds = 20) {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await Promise.resolve().then(ask).catch(() => undefined)
    if (answer) return answer
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${ask}`)
    await new Promise((done) => setTimeout(done, 100))
  }
}

/** Signed in as a member of the first company, with what tests need of the API. */
export async function desk() {
  const running = process.env.RECADO_URL
    ? { url: process.env.RECADO_URL, email: process.env.RECADO_EMAIL, password: process.env.RECADO_PASSWORD, stop: async () => {} }
    : await start()

  let token = ''
  async function call(method, route, body) {
    const response = await fetch(running.url + route, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token && { Authorization: token }) },
      body: body && JSON.stringify(body),
    })
    const answer = response.status === 204 ? {} : await response.json()
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }
  token = (await call('POST', '/api/collections/users/auth-with-password', { identity: running.email, password: running.password })).token
  const company = (await call('GET', '/api/collections/companies/records')).items[0]
  const records = (collection, id = '') => `/api/collections/${collection}/records${id && '/' + id}?company=${company.id}`
  const list = async (collection, filter = '', sort = '') =>
    (await call('GET', `${records(collection)}&perPage=500&skipTotal=1&filter=${encodeURIComponent(filter)}&sort=${sort}`)).items
  const first = async (collection, filter) => (await list(collection, filter))[0]
  const channel = await first('channels', `kind = 'webchat'`)

  return {
    ...running,
    company,
    channel,
    call,
    list,
    first,
    until: patiently,
    patch: (collection, id, values) => call('PATCH', records(collection, id), values),
    typing: (id, on) => call('POST', `/api/recado/conversations/${id}/typing?company=${company.id}`, { on }),
    reply: (conversation, text) => call('POST', records('messages'), { company: company.id, conversation, kind: 'text', text }),
  }
}
