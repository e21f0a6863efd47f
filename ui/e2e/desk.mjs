// The team's side of a browser test: what a member does through the API while the browser shows the other side.

/** Asks until the answer is truthy. */
async function patiently(ask, seconds = 20) {
  const end = Date.now() + seconds * 1000
  for (;;) {
    const answer = await ask()
    if (answer) return answer
    if (Date.now() > end) throw new Error(`waited ${seconds} s in vain for ${ask}`)
    await new Promise((done) => setTimeout(done, 100))
  }
}

/** A member of the company that `setUp` made. */
export async function desk(url, { token, company }) {
  async function call(method, route, body) {
    const response = await fetch(url + route, {
      method,
      headers: { 'Content-Type': 'application/json', Authorization: token },
      body: body && JSON.stringify(body),
    })
    const answer = response.status === 204 ? {} : await response.json()
    if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${JSON.stringify(answer)}`)
    return answer
  }
  const records = (collection, id = '') => `/api/collections/${collection}/records${id && '/' + id}?company=${company.id}`
  const list = async (collection, filter = '', sort = '') =>
    (await call('GET', `${records(collection)}&perPage=500&skipTotal=1&filter=${encodeURIComponent(filter)}&sort=${sort}`)).items
  const first = async (collection, filter) => (await list(collection, filter))[0]

  return {
    channel: await first('channels', `kind = 'webchat'`),
    list,
    first,
    call,
    until: patiently,
    create: (collection, values) => call('POST', records(collection), { company: company.id, ...values }),
    patch: (collection, id, values) => call('PATCH', records(collection, id), values),
    typing: (id, on) => call('POST', `/api/recado/conversations/${id}/typing?company=${company.id}`, { on }),
    reply: (conversation, text) => call('POST', records('messages'), { company: company.id, conversation, kind: 'text', text }),
  }
}
