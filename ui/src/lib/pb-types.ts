// The shapes of the collections, as the API shows them. Written from collections/ by the server; do not edit.

export interface BaseRecord {
  id: string
  collectionId: string
  collectionName: string
  created: string
  updated: string
  expand?: Record<string, unknown>
}

export interface UsersRecord extends BaseRecord {
  email: string
  verified: boolean
  name: string
  locale: string
  kind: 'person' | 'key' | ''
  preferences: unknown
}

export interface CompaniesRecord extends BaseRecord {
  name: string
  slug: string
  kind: string
  size: string
  website: string
  phone: string
  logo: string
  timezone: string
  locale: 'en' | 'pt-BR' | 'es'
  currency: string
  active: boolean
  settings: unknown
}

export interface RolesRecord extends BaseRecord {
  company: string
  name: string
  key: 'owner' | 'admin' | 'manager' | 'agent' | ''
  permissions: unknown
}

export interface MembersRecord extends BaseRecord {
  company: string
  user: string
  role: string
  manager: string
  queues: string[]
  name: string
  email: string
  permissions: unknown
  work_hours: unknown
  away: boolean
  active: boolean
}

export interface InvitesRecord extends BaseRecord {
  company: string
  role: string
  email: string
  expires: string
  revoked: boolean
  used_at: string
  used_by: string
  created_by: string
}

export interface AuditRecord extends BaseRecord {
  company: string
  actor: string
  action: string
  collection: string
  record: string
  data: unknown
}

export interface ContactsRecord extends BaseRecord {
  company: string
  name: string
  phone: string
  email: string
  locale: string
  birthday: string
  lifecycle: 'lead' | 'customer' | 'other' | ''
  lead_status: string
  category: string
  source: string
  owner: string
  tags: unknown
  notes: string
  custom: unknown
  bot_off: boolean
  merged_into: string
  deleted: string
  search: string
}

export interface IdentitiesRecord extends BaseRecord {
  company: string
  contact: string
  kind: 'phone' | 'lid' | 'bsuid' | 'email' | 'visitor'
  value: string
  scope: string
}

export interface QueuesRecord extends BaseRecord {
  company: string
  name: string
  color: string
  hours: unknown
  greeting: string
  out_of_hours: string
  distribution: 'off' | 'round_robin' | 'least_busy' | ''
}

export interface ChannelsRecord extends BaseRecord {
  company: string
  kind: 'webchat' | 'whatsapp' | 'whatsapp_cloud'
  name: string
  public_key: string
  state: string
  state_since: string
  state_reason: string
  queue: string
  answerer: 'bot' | 'agent' | 'none' | ''
  origins: unknown
  settings: unknown
  active: boolean
}

export interface ConversationsRecord extends BaseRecord {
  company: string
  contact: string
  channel: string
  identity: string
  queue: string
  assignee: string
  status: 'pending' | 'open' | 'snoozed' | 'closed'
  answerer: 'bot' | 'agent' | 'waiting' | 'human'
  tags: unknown
  locale: string
  unread: number
  preview: string
  last_direction: 'in' | 'out' | ''
  last_message_at: string
  first_reply_at: string
  waiting_since: string
  snoozed_until: string
  closed_at: string
  human_at: string
  greeted_at: string
  read_by_contact_at: string
  search: string
}

export interface MessagesRecord extends BaseRecord {
  company: string
  conversation: string
  contact: string
  channel: string
  direction: 'in' | 'out'
  kind: 'text' | 'image' | 'audio' | 'video' | 'document' | 'sticker' | 'location' | 'contact' | 'poll' | 'template' | 'interactive' | 'note' | 'system' | 'unsupported'
  text: string
  options: unknown
  payload: string
  data: unknown
  attachments: string[]
  status: 'received' | 'queued' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed' | 'skipped'
  at: string
  author: string
  answered_by: 'bot' | 'agent' | 'human' | ''
  external_id: string
  client_id: string
  reply_to: string
  error: string
  due: string
  expires_at: string
  attempts: number
  claimed_until: string
}

export interface FilesRecord extends BaseRecord {
  company: string
  conversation: string
  message: string
  file: string
  name: string
  mime: string
  size: number
  sha256: string
  width: number
  height: number
  duration: number
}

export interface AgendasRecord extends BaseRecord {
  company: string
  name: string
  kind: 'member' | 'room' | 'device'
  member: string
  timezone: string
  color: string
  active: boolean
}

export interface AvailabilitiesRecord extends BaseRecord {
  company: string
  agenda: string
  weekday: number
  start: number
  end: number
}

export interface AvailabilityOverridesRecord extends BaseRecord {
  company: string
  agenda: string
  date: string
  windows: unknown
  reason: string
}

export interface ServicesRecord extends BaseRecord {
  company: string
  name: string
  agendas: string[]
  duration: number
  step: number
  buffer_before: number
  buffer_after: number
  min_notice: number
  horizon_days: number
  capacity: number
  max_per_day: number
  price: number
  currency: string
  color: string
  description: string
  active: boolean
}

export interface AppointmentsRecord extends BaseRecord {
  company: string
  agenda: string
  service: string
  contact: string
  conversation: string
  attendee: string
  members: string[]
  start: string
  end: string
  status: 'held' | 'pending' | 'confirmed' | 'arrived' | 'done' | 'cancelled' | 'no_show'
  source: 'bot' | 'agent' | 'member' | 'page' | 'api' | 'calendar' | ''
  note: string
  price: number
  currency: string
  overbook: boolean
  cancelled_by: 'contact' | 'member' | 'system' | ''
  cancel_reason: string
  confirmed_at: string
  expires_at: number
  sequence: number
}

export interface OccupanciesRecord extends BaseRecord {
  company: string
  appointment: string
  kind: 'appointment' | 'block' | 'external'
  title: string
  resource: string
  blocked_start: number
  blocked_end: number
  expires_at: number
  status: 'held' | 'pending' | 'confirmed' | 'arrived' | 'done' | 'cancelled' | 'no_show'
  overbook: boolean
}

export interface Collections {
  users: UsersRecord
  companies: CompaniesRecord
  roles: RolesRecord
  members: MembersRecord
  invites: InvitesRecord
  audit: AuditRecord
  contacts: ContactsRecord
  identities: IdentitiesRecord
  queues: QueuesRecord
  channels: ChannelsRecord
  conversations: ConversationsRecord
  messages: MessagesRecord
  files: FilesRecord
  agendas: AgendasRecord
  availabilities: AvailabilitiesRecord
  availability_overrides: AvailabilityOverridesRecord
  services: ServicesRecord
  appointments: AppointmentsRecord
  occupancies: OccupanciesRecord
}
