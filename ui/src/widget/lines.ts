/** From what is known to what is shown: one line per message, grouped like speech. */
import { sameDay } from './format'
import { isRead, type Pending, type State } from './store'
import { fill, type Texts } from './texts'
import type { Attachment, Config } from './types'

export const TEXT_LIMIT = 4000
export const ACCEPT = 'image/png,image/jpeg,image/gif,image/webp,application/pdf'

/** Messages of one author within five minutes belong together. */
const GROUP = 300_000

export interface Line {
  /** Stays the same when the server confirms the message: the bubble is not drawn anew. */
  key: string
  own: boolean
  at: string | number
  text: string
  quote?: string
  author: string
  attachments: Attachment[]
  tick: '' | 'sending' | 'sent' | 'read'
  pending?: Pending
  /** First of its day, first and last of its group. */
  day: boolean
  first: boolean
  last: boolean
}

export function lines(s: State, t: Texts): Line[] {
  const group = { day: false, first: false, last: true }
  const list: Line[] = s.messages.map((m) => {
    const own = m.direction === 'in'
    return {
      ...m,
      ...group,
      key: m.clientId || m.id,
      own,
      author: own ? '' : m.answeredBy === 'human' ? m.authorName : t.assistant,
      tick: own ? (isRead(s, m) ? 'read' : 'sent') : '',
    }
  })
  for (const p of s.pending) {
    list.push({
      ...p,
      ...group,
      key: p.clientId,
      own: true,
      author: '',
      attachments: p.attachment && !p.file ? [p.attachment] : [],
      tick: p.error ? '' : 'sending',
      pending: p,
    })
  }
  list.forEach((line, i) => {
    const before = list[i - 1]
    line.day = !before || !sameDay(before.at, line.at)
    line.first =
      line.day || before.own !== line.own || before.author !== line.author ||
      +new Date(line.at) - +new Date(before.at) > GROUP
    if (before) before.last = line.first
  })
  return list
}

/** Why a message can't be sent at all; undefined where another try may help. A lost file is plain to see. */
export const hopeless = (code: string, t: Texts, config: Config): string | undefined =>
  ({
    text_too_long: fill(t.tooLong, TEXT_LIMIT),
    file_too_large: fill(t.tooBig, Math.floor(config.maxFile / 1e6)),
    file_type: t.badFile,
    lost: '',
  })[code]

/** What the server would refuse after a long upload is refused at once. */
export const unfit = (file: File, config: Config) =>
  !ACCEPT.split(',').includes(file.type) ? 'file_type' : file.size > config.maxFile ? 'file_too_large' : ''
