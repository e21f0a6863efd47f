// A language model for browser tests: a script that speaks OpenAI's protocol.
import http from 'node:http'

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
    const last = asked.messages.at(-1)
    const call = (name, values) => ({ tool_calls: [{ index: 0, id: 'c1', type: 'function', function: { name, arguments: JSON.stringify(values) } }] })
    const result = last.role === 'tool' ? JSON.parse(last.content) : {}
    const soon = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
    const late = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10)
    let delta = { content: greets(asked) }
    if (asked.tools?.[0]?.function.name === 'ping') delta = call('ping', { word: 'recado' })
    else if (result.services) delta = call('find_slots', { service_id: result.services[0].service_id, from_date: soon, to_date: late })
    else if (result.slots) delta = call('propose_booking', { slot_id: result.slots[0].slot_id })
    else if (/marcar/i.test(last.content)) delta = call('list_services', {})
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
