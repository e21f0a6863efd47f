// A language model for browser tests: a script that speaks OpenAI's protocol.
import http from 'node:http'

const call = (name, values = {}) => ({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name, arguments: JSON.stringify(values) } }] })

/** The day of a "24/11" that is not over, and the time of an "às 09:30" behind it. */
function wishOf(text) {
  const [, day, month, time] = /(\d{2})\/(\d{2}) às (\d{2}:\d{2})/.exec(text) ?? []
  if (!day) return undefined
  const today = new Date().toISOString().slice(0, 10)
  const date = `${today.slice(0, 4)}-${month}-${day}`
  return { date: date < today ? `${Number(today.slice(0, 4)) + 1}${date.slice(4)}` : date, time }
}

/** The next step of a model that follows the tools: what it answers to the messages so far. */
function decide({ messages, tools }, greets) {
  if (tools?.[0]?.function.name === 'ping') return call('ping', { word: 'recado' })
  const last = messages.at(-1)
  const said = messages.findLast(({ role }) => role === 'user')?.content.split('\n').at(-1) ?? ''
  const wish = wishOf(said)
  const moving = /remarcar/i.test(said)
  if (last.role === 'tool') {
    const result = JSON.parse(last.content)
    const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10)
    if (result.appointments) return call('list_services')
    if (result.services?.length) return call('find_slots', { service_id: result.services[0].service_id, ...(wish ? { from_date: wish.date, around: wish.time } : { from_date: day(1), to_date: day(9) }) })
    if (result.slots?.length) {
      const { slot_id } = result.slots.find(({ label }) => label.includes(wish?.time)) ?? result.slots[0]
      const [mine] = messages.filter(({ role }) => role === 'tool').flatMap(({ content }) => JSON.parse(content).appointments ?? [])
      return moving && mine ? call('propose_reschedule', { appointment_id: mine.appointment_id, slot_id }) : call('propose_booking', { slot_id })
    }
  } else {
    const [, name] = /\bsou a ([\p{L} ]+)/iu.exec(said) ?? []
    if (name) return call('update_contact', { name })
    if (moving) return call('my_appointments')
    if (/marcar/i.test(last.content)) return call('list_services')
  }
  return { content: greets({ messages }) }
}

/** A model that follows the tools, streaming its answers; `seen` are the requests. `greets` is what it says where nothing is to be done. */
export async function model(t, greets = () => 'Claro! Como posso ajudar?') {
  const seen = []
  const server = http.createServer(async (request, response) => {
    if (request.url.endsWith('/models')) {
      response.setHeader('Content-Type', 'application/json')
      response.end(JSON.stringify({ data: [{ id: 'clara-small' }] }))
      return
    }
    let raw = ''
    for await (const part of request) raw += part
    const asked = JSON.parse(raw)
    seen.push({ ...asked, key: request.headers.authorization })
    const delta = decide(asked, greets)
    response.setHeader('Content-Type', 'text/event-stream')
    const send = (value) => response.write(`data: ${JSON.stringify(value)}\n\n`)
    send({ choices: [{ index: 0, delta: { role: 'assistant' } }] })
    if (delta.content) for (const word of delta.content.split(/(?<= )/)) send({ choices: [{ index: 0, delta: { content: word } }] })
    else send({ choices: [{ index: 0, delta }] })
    send({ choices: [{ index: 0, delta: {}, finish_reason: delta.content ? 'stop' : 'tool_calls' }] })
    send({ choices: [], usage: { prompt_tokens: 210, completion_tokens: 12, total_tokens: 222 } })
    response.end('data: [DONE]\n\n')
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${server.address().port}/v1`, seen }
}
