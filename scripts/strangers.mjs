// Whether the time of an answer tells who has an account: 500 interleaved pairs of requests, one for an e-mail with an account and one for an
// e-mail without, at the sign-in, the reset and the sign-up. Prints the medians as a table; fails where they are more than a tenth apart.
//
//   make build && node scripts/strangers.mjs        RECADO_BIN names another binary, PAIRS another number, ONLY some of the three
//
// Most of the time goes into hashing passwords, as it shall: about five minutes for 500 pairs.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'

const binary = process.env.RECADO_BIN ?? path.join(import.meta.dirname, '../bin/recado')
const PAIRS = Number(process.env.PAIRS ?? 500)
const WARM = 20 // pairs that don't count
const ACCOUNTS = Math.ceil((PAIRS + WARM) / 4) // a mailbox gets five codes in an hour
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'recado-strangers-'))

/** A mail server that takes everything and keeps nothing. What a client says comes in pieces of any size. */
const mail = net.createServer((socket) => {
  let heard = ''
  let inside = false
  socket.write('220 sink\r\n')
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    heard += chunk
    for (;;) {
      const mark = inside ? '\r\n.\r\n' : '\r\n'
      const end = heard.indexOf(mark)
      if (end < 0) return
      const line = heard.slice(0, end)
      heard = heard.slice(end + mark.length)
      if (!inside && /^QUIT/i.test(line)) return socket.end('221 bye\r\n')
      const data = !inside && /^DATA/i.test(line)
      inside = data
      socket.write(data ? '354 go\r\n' : '250 ok\r\n')
    }
  })
})
await new Promise((done) => mail.listen(0, '127.0.0.1', done))

const port = await new Promise((done) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => {
    const { port } = probe.address()
    probe.close(() => done(port))
  })
})
const url = `http://127.0.0.1:${port}`
let child
async function start(env = {}) {
  child = spawn(binary, ['serve'], { env: { ...process.env, RECADO_HTTP: `127.0.0.1:${port}`, RECADO_DIR: dir, RECADO_SIGNUP: 'open', ...env }, stdio: ['ignore', 'ignore', 'inherit'] })
  while (!(await fetch(`${url}/status`).then((answer) => answer.ok, () => false))) {
    if (child.exitCode !== null) throw new Error('Recado did not start')
    await new Promise((done) => setTimeout(done, 100))
  }
}
async function stop() {
  if (child.exitCode !== null) return
  const ended = new Promise((done) => child.once('exit', done))
  child.kill('SIGTERM')
  await ended
}

let serial = 0
/** Each request is from another address, as a proxy that is trusted says: limits by address are not what is measured. */
async function post(where, body) {
  const n = serial++
  const from = `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`
  const began = performance.now()
  const answer = await fetch(url + where, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': from }, body: JSON.stringify(body), signal: AbortSignal.timeout(60_000) })
  const text = await answer.text()
  return { took: performance.now() - began, status: answer.status, text }
}

const account = (email) => ({ name: 'Ana', email, password: 'a good password', company: { name: 'Ana' } })
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
const cases = {
  'sign-in': (email) => post('/api/collections/users/auth-with-password', { identity: email, password: 'not this one' }),
  reset: (email) => post('/api/recado/password/forgot', { email }),
  'sign-up': (email) => post('/api/recado/signup', account(email)),
}

const wanted = Object.entries(cases).filter(([name]) => (process.env.ONLY ?? name).includes(name))

let failed = false
try {
  await start()
  for (let i = 0; i < ACCOUNTS; i++) {
    const made = await post('/api/recado/signup', account(`known${i}@example.com`))
    if (made.status !== 200) throw new Error(made.text)
  }
  await stop()
  await start({ RECADO_SMTP_HOST: '127.0.0.1', RECADO_SMTP_PORT: String(mail.address().port), RECADO_SMTP_SENDER: 'desk@example.com' })

  console.log(`| ${PAIRS} pairs | with an account | without | ratio |\n|---|---|---|---|`)
  for (const [name, ask] of wanted) {
    const times = { known: [], unknown: [] }
    const answers = new Set()
    for (let i = -WARM; i < PAIRS; i++) {
      const pair = [['known', `known${(i + WARM) % ACCOUNTS}@example.com`], ['unknown', `nobody${(i + WARM) % ACCOUNTS}@example.com`]]
      if (Math.random() < 0.5) pair.reverse()
      for (const [kind, email] of pair) {
        const { took, status, text } = await ask(email)
        answers.add(`${status} ${text}`)
        if (i >= 0) times[kind].push(took)
      }
    }
    if (answers.size !== 1) throw new Error(`${name} answers ${[...answers].join(' or ')}`)
    const [known, unknown] = [median(times.known), median(times.unknown)]
    const ratio = known / unknown
    failed ||= ratio > 1.1 || ratio < 1 / 1.1
    console.log(`| ${name} | ${known.toFixed(2)} ms | ${unknown.toFixed(2)} ms | ${ratio.toFixed(3)} |`)
  }
} finally {
  await stop()
  mail.close()
  fs.rmSync(dir, { recursive: true, force: true })
}
if (failed) throw new Error('the medians are more than a tenth apart')
