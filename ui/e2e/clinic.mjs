// A front desk with a day's work on it, for screens to be looked at: the demo data, a second agenda, a week with
// appointments of every kind, and a customer who is in the middle of booking.
import { desk } from './desk.mjs'
import { setUp, workday } from './harness.mjs'

const WORDS = {
  en: {
    company: { name: 'Bela Clinic', timezone: 'America/New_York', locale: 'en', currency: 'USD' },
    first: { agenda: 'Maria Souza', service: 'Check-up', price: 12000 },
    agenda: 'Dr. Helen Park',
    service: 'Cleaning',
    block: 'Lunch',
    note: 'Asked whether the dog may come along',
    internal: 'She came with her mother last time. The blue room is free.',
    customer: { name: 'Emma Wright', email: 'emma.wright@example.com', locale: 'en', says: ['Hi! I would like to book an appointment', 'Check-up'] },
    pages: [{ id: 'parking', title: 'Parking', text: 'Behind the house, free for two hours.' }],
    address: '12 Garden Street',
  },
  'pt-BR': {
    company: { name: 'Clínica Bela', timezone: 'America/Sao_Paulo', locale: 'pt-BR', currency: 'BRL' },
    first: { agenda: 'Maria Souza', service: 'Avaliação', price: 15000 },
    agenda: 'Dra. Helena Prado',
    service: 'Limpeza',
    block: 'Almoço',
    note: 'Perguntou se pode trazer o cachorro',
    internal: 'Da última vez ela veio com a mãe. A sala azul está livre.',
    customer: { name: 'Sabrina Melo', email: 'sabrina.melo@example.com', locale: 'pt-BR', says: ['Oi! Quero marcar um horário', 'Avaliação'] },
    pages: [{ id: 'parking', title: 'Estacionamento', text: 'Atrás da casa, grátis por duas horas.' }],
    address: 'Rua das Flores, 12',
  },
}

/** Sets Recado up without anything in it. */
export function emptyClinic(recado, locale = 'en') {
  const words = WORDS[locale]
  return setUp(recado.url, {
    company: { kind: 'clinic', ...words.company },
    agenda: { name: words.first.agenda, hours: [1, 2, 3, 4, 5].map((weekday) => ({ weekday, start: 540, end: 1080 })), service: { name: words.first.service, duration: 30, price: words.first.price } },
    widget: { color: '#0b7450', title: words.company.name },
  })
}

/** Fills what `emptyClinic` made. Returns the team's side, the day to look at, and the conversation in which someone is booking. */
export async function fill(recado, made, locale = 'en') {
  const words = WORDS[locale]
  recado.run('demo')
  const team = await desk(recado.url, made)
  const own = made.company.id
  const day = workday(1, words.company.timezone)

  const first = await team.first('agendas', `name = '${words.first.agenda}'`)
  const second = await team.create('agendas', { name: words.agenda, kind: 'member', timezone: words.company.timezone, color: '#7048e8', active: true })
  for (const weekday of [1, 2, 3, 4, 5]) await team.create('availabilities', { agenda: second.id, weekday, start: 480, end: 1020 })
  const checkup = await team.first('services', `name = '${words.first.service}'`)
  await team.patch('services', checkup.id, { agendas: [first.id, second.id] })
  const cleaning = await team.create('services', { name: words.service, agendas: [first.id, second.id], duration: 60, step: 30, capacity: 1, price: 18000, currency: words.company.currency, color: '#1971c2', active: true, horizon_days: 60 })

  // through the week, a few each day
  const contacts = await team.list('contacts', '', 'name')
  const route = (path) => `/api/recado/${path}${path.includes('?') ? '&' : '?'}company=${own}`
  const week = [0, 1, 2, 3, 4].map((n) => workday(1 + n, words.company.timezone)).filter((date, index, all) => all.indexOf(date) === index)
  let turn = 0
  for (const [index, date] of week.entries()) {
    for (const [agenda, service, at] of [[second, cleaning, 1], [second, checkup, 6], [first, cleaning, 8], [second, cleaning, 9 + index], [first, checkup, 11 + (index % 3)]]) {
      const next = new Date(`${date}T12:00:00Z`)
      next.setUTCDate(next.getUTCDate() + 1)
      const { slots } = await team.call('GET', route(`agendas/${agenda.id}/slots?service=${service.id}&from=${date}T00:00:00-04:00&to=${next.toISOString().slice(0, 10)}T00:00:00-04:00`))
      const slot = slots[Math.min(at, slots.length - 1)]
      if (!slot) continue
      const booked = await team.call('POST', route(`agendas/${agenda.id}/book`), { service: service.id, start: slot.start, contact: contacts[turn++ % contacts.length].id, note: turn === 3 ? words.note : '' })
      const step = ['', 'confirm', 'cancel', 'confirm', ''][turn % 5]
      if (step) await team.call('POST', route(`appointments/${booked.id}/${step}`), {})
    }
  }
  // an hour nobody can book, and one more squeezed in
  const [taken] = await team.list('appointments', `agenda = '${first.id}' && status != 'cancelled' && start > @now`, 'start')
  await team.call('POST', route(`agendas/${first.id}/book`), { service: checkup.id, start: taken.start.replace(' ', 'T'), visitor: { name: 'Nora Lind', email: 'nora.lind@example.com' }, overbook: true })
  const noon = Date.parse(`${day}T12:00:00Z`) + 4 * 3_600_000
  await team.call('POST', route(`agendas/${second.id}/block`), { start: new Date(noon).toISOString(), end: new Date(noon + 3_600_000).toISOString(), title: words.block }).catch(() => undefined)
  await team.patch('companies', own, { settings: { ...made.company.settings, address: words.address, pages: words.pages } })

  // somebody is booking right now
  const { customer } = words
  const visit = async (method, path, token, body) => {
    const answer = await fetch(`${recado.url}/api/recado/webchat/${path}`, { method, headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) }, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer.json()
  }
  const { token } = await visit('POST', `${team.channel.public_key}/sessions`, '', { locale: customer.locale, name: customer.name, email: customer.email })
  for (const [index, text] of customer.says.entries()) {
    await visit('POST', 'messages', token, { clientId: `clinic-${index}`, text })
    await team.until(async () => (await team.list('messages', `answered_by = 'bot' && conversation.contact.name = '${customer.name}'`)).length > index)
  }
  const conversation = await team.first('conversations', `contact.name = '${customer.name}'`)
  await team.create('messages', { conversation: conversation.id, kind: 'note', text: words.internal })
  return { team, day, conversation, visitor: token, agendas: [first, second], services: [checkup, cleaning] }
}
