/** The wire, as docs/api.md describes the webchat routes. */

export interface Attachment {
  id: string
  name: string
  mime: string
  size: number
  width: number
  height: number
}

export interface Option {
  id: string
  label: string
}

/** `in` is what the visitor wrote, `out` what the team answered. */
export interface Message {
  id: string
  direction: 'in' | 'out'
  kind: string
  text: string
  options: Option[]
  attachments: Attachment[]
  at: string
  status: string
  clientId: string
  answeredBy: string
  authorName: string
  /** The beginning of the message this one answers, or ''. */
  quote: string
}

export interface Config {
  title: string
  greeting: string
  color: string
  locale: string
  privacyUrl: string
  company: string
  launcher: string
  maxFile: number
  /** What is agreed to before the first message: by writing, or by a tick. */
  consent?: { id: string; text: string; accept: boolean }
}

export type Event =
  | { type: 'message'; message: Message }
  | { type: 'typing'; on: boolean }
  | { type: 'read'; upTo: string }
