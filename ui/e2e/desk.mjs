// The team's side of a browser test: what a member does through the API while the browser shows the other side.

/** What anyone can send, signed in or not. */
async function post(url, body, headers) {
  const answer = await fetch(url, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

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
  const list = async (collection, filter = '', sort = '') => {
    const all = []
    for (let page = 1; ; page++) {
      const { items } = await call('GET', `${records(collection)}&page=${page}&perPage=500&skipTotal=1&filter=${encodeURIComponent(filter)}&sort=${sort || 'id'}`)
      all.push(...items)
      if (items.length < 500) return all
    }
  }
  const first = async (collection, filter) => (await list(collection, filter))[0]

  const channel = await first('channels', `kind = 'webchat'`)
  return {
    /** Someone joins by an invite, and may sign in: {token, record}. */
    async colleague(name, key = 'agent') {
      const role = await first('roles', `key = '${key}'`)
      const { url: link } = await call('POST', `/api/recado/members/invite?company=${company.id}`, { role: role.id })
      const email = `${name.split(' ')[0].toLowerCase().normalize('NFD').replace(/[^a-z]/g, '')}@bela.test`
      return post(`${url}/api/recado/invites/${link.split('/').at(-1)}/accept`, { name, email, password: 'front-desk-2' })
    },
    /** A visitor of the website, who says things and hears what was said. */
    async visitor(name) {
      const { token } = await post(`${url}/api/recado/webchat/${channel.public_key}/sessions`, { locale: 'pt-BR', name })
      const bearer = { Authorization: `Bearer ${token}` }
      let count = 0
      return {
        say: (text, more) => post(`${url}/api/recado/webchat/messages`, { clientId: `${name}-${++count}`, text, ...more }, bearer),
        messages: async () => (await (await fetch(`${url}/api/recado/webchat/messages`, { headers: bearer })).json()).items,
      }
    },
    channel,
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
