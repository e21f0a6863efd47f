// Made from the declared collections by `go generate ./collections`; do not edit.

/** What every record has. Times are UTC, as "2006-01-02 15:04:05.000Z". */
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
  emailVisibility: boolean
  verified: boolean
  name: string
  locale: string
  phone: string
  job_title: string
  kind: 'person' | 'key' | ''
  preferences: unknown
}

export interface AuthSessionsRecord extends BaseRecord {
  user: string
  kind: 'sign_in' | 'impersonation'
  method: string
  device: string
  address: string
  last_seen: string
  expires: string
  idle: number
  expand?: { user?: UsersRecord }
}

export interface AuthFactorsRecord extends BaseRecord {
  user: string
  confirmed: string
  recovery_left: number
  expand?: { user?: UsersRecord }
}

export interface AuthTicketsRecord extends BaseRecord {
  kind: 'reset' | 'sign_in' | 'factor' | 'email' | 'verify' | 'signup' | 'alarm'
  user: string
  tries: number
  expires: string
  expand?: { user?: UsersRecord }
}

export interface CompaniesRecord extends BaseRecord {
  name: string
  slug: string
  kind: string
  kind_other: string
  size: string
  website: string
  phone: string
  logo: string
  timezone: string
  locale: 'en' | 'pt-BR' | 'es'
  currency: string
  active: boolean
  suspended: boolean
  removal: string
  joinable: boolean
  limits: unknown
  settings: unknown
}

export interface CompanyDomainsRecord extends BaseRecord {
  company: string
  name: string
  txt: string
  state: 'pending' | 'verified' | ''
  problem: 'missing' | 'different' | 'unreachable' | 'taken' | ''
  checked: string
  verified: string
  expand?: { company?: CompaniesRecord }
}

export interface RolesRecord extends BaseRecord {
  company: string
  name: string
  key: 'owner' | 'admin' | 'manager' | 'agent' | ''
  permissions: unknown
  expand?: { company?: CompaniesRecord }
}

export interface MembersRecord extends BaseRecord {
  company: string
  user: string
  role: string
  manager: string
  queues: string[]
  name: string
  email: string
  kind: 'person' | 'key' | ''
  exceptions: unknown
  permissions: unknown
  work_hours: unknown
  away: boolean
  active: boolean
  expand?: { company?: CompaniesRecord; user?: UsersRecord; role?: RolesRecord; manager?: MembersRecord; queues?: QueuesRecord[] }
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
  manager: string
  sent_at: string
  expand?: { company?: CompaniesRecord; role?: RolesRecord; used_by?: UsersRecord; created_by?: MembersRecord; manager?: MembersRecord }
}

export interface QueuesRecord extends BaseRecord {
  company: string
  name: string
  color: string
  hours: unknown
  greeting: string
  out_of_hours: string
  distribution: 'off' | 'round_robin' | 'least_busy' | ''
  agent: string
  expand?: { company?: CompaniesRecord; agent?: AgentsRecord }
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
  agent: string
  origins: unknown
  settings: unknown
  active: boolean
  number: string
  linked_at: string
  off_since: string
  expand?: { company?: CompaniesRecord; queue?: QueuesRecord; agent?: AgentsRecord }
}

export interface ApiKeysRecord extends BaseRecord {
  company: string
  name: string
  user: string
  member: string
  created_by: string
  channel: string
  prefix: string
  permissions: unknown
  addresses: unknown
  expires: string
  last_used: string
  revoked: boolean
  expand?: { company?: CompaniesRecord; user?: UsersRecord; member?: MembersRecord; created_by?: MembersRecord; channel?: ChannelsRecord }
}

export interface TagsRecord extends BaseRecord {
  company: string
  name: string
  key: string
  color: string
  archived: boolean
  expand?: { company?: CompaniesRecord }
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
  tags: string[]
  notes: string
  custom: unknown
  bot_off: boolean
  no_shows: number
  merged_into: string
  deleted: string
  search: string
  expand?: { company?: CompaniesRecord; owner?: MembersRecord; tags?: TagsRecord[]; merged_into?: ContactsRecord }
}

export interface ContactFieldsRecord extends BaseRecord {
  company: string
  key: string
  label: string
  type: 'text' | 'number' | 'date' | 'choice' | 'boolean' | 'url'
  choices: unknown
  position: number
  expand?: { company?: CompaniesRecord }
}

export interface ContactChangesRecord extends BaseRecord {
  company: string
  contact: string
  member: string
  changes: unknown
  expand?: { company?: CompaniesRecord; contact?: ContactsRecord; member?: MembersRecord }
}

export interface ContactMergesRecord extends BaseRecord {
  company: string
  contact: string
  merged: string
  member: string
  reason: 'revealed' | 'by_hand'
  undone: string
  expand?: { company?: CompaniesRecord; contact?: ContactsRecord; merged?: ContactsRecord; member?: MembersRecord }
}

export interface ContactPhotosRecord extends BaseRecord {
  company: string
  contact: string
  data: string
  fetched_at: string
  expand?: { company?: CompaniesRecord; contact?: ContactsRecord }
}

export interface IdentitiesRecord extends BaseRecord {
  company: string
  contact: string
  kind: 'phone' | 'lid' | 'bsuid' | 'email' | 'visitor' | 'group'
  value: string
  scope: string
  expand?: { company?: CompaniesRecord; contact?: ContactsRecord }
}

export interface ConsentsRecord extends BaseRecord {
  company: string
  contact: string
  channel: string
  kind: 'accepted' | 'shown'
  text: string
  hash: string
  url: string
  address: string
  at: string
  expand?: { company?: CompaniesRecord; contact?: ContactsRecord; channel?: ChannelsRecord }
}

export interface WebchatVisitorsRecord extends BaseRecord {
  company: string
  channel: string
  visitor: string
  name: string
  email: string
  locale: string
  page: string
  contact: string
  consent: string
  last_seen: string
  expand?: { company?: CompaniesRecord; channel?: ChannelsRecord; contact?: ContactsRecord }
}

export interface ChannelEventsRecord extends BaseRecord {
  company: string
  channel: string
  external_id: string
  kind: string
  payload: unknown
  attempts: number
  due: string
  handled: string
  error: string
  expand?: { company?: CompaniesRecord; channel?: ChannelsRecord }
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
  tags: string[]
  locale: string
  unread: number
  preview: string
  last_direction: 'in' | 'out' | ''
  last_message_at: string
  first_reply_at: string
  waiting_since: string
  asked_at: string
  answered_at: string
  snoozed_until: string
  closed_at: string
  human_at: string
  greeted_at: string
  read_by_contact_at: string
  mentioned: string[]
  called: boolean
  imported: boolean
  is_group: boolean
  search: string
  expand?: { company?: CompaniesRecord; contact?: ContactsRecord; channel?: ChannelsRecord; identity?: IdentitiesRecord; queue?: QueuesRecord; assignee?: MembersRecord; tags?: TagsRecord[]; mentioned?: MembersRecord[] }
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
  forwarded: boolean
  mentions: string[]
  reactions: unknown
  edited_at: string
  deleted_at: string
  error: string
  due: string
  expires_at: string
  attempts: number
  claimed_until: string
  expand?: { company?: CompaniesRecord; conversation?: ConversationsRecord; contact?: ContactsRecord; channel?: ChannelsRecord; attachments?: FilesRecord[]; author?: MembersRecord; reply_to?: MessagesRecord; mentions?: MembersRecord[] }
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
  voice: boolean
  waveform: string
  expand?: { company?: CompaniesRecord; conversation?: ConversationsRecord; message?: MessagesRecord }
}

export interface QuickRepliesRecord extends BaseRecord {
  company: string
  shortcut: string
  text: string
  files: string[]
  owner: string
  expand?: { company?: CompaniesRecord; owner?: MembersRecord }
}

export interface RatingsRecord extends BaseRecord {
  company: string
  conversation: string
  contact: string
  member: string
  score: number
  scale: number
  comment: string
  status: 'asked' | 'answered' | 'expired'
  expires_at: string
  answered_at: string
  expand?: { company?: CompaniesRecord; conversation?: ConversationsRecord; contact?: ContactsRecord; member?: MembersRecord }
}

export interface AgendasRecord extends BaseRecord {
  company: string
  name: string
  kind: 'member' | 'room' | 'device'
  member: string
  timezone: string
  color: string
  active: boolean
  expand?: { company?: CompaniesRecord; member?: MembersRecord }
}

export interface AvailabilitiesRecord extends BaseRecord {
  company: string
  agenda: string
  weekday: number
  start: number
  end: number
  expand?: { company?: CompaniesRecord; agenda?: AgendasRecord }
}

export interface AvailabilityOverridesRecord extends BaseRecord {
  company: string
  agenda: string
  date: string
  windows: unknown
  reason: string
  expand?: { company?: CompaniesRecord; agenda?: AgendasRecord }
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
  max_open: number
  price: number
  currency: string
  color: string
  description: string
  private: boolean
  reminders: unknown
  active: boolean
  expand?: { company?: CompaniesRecord; agendas?: AgendasRecord[] }
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
  expand?: { company?: CompaniesRecord; agenda?: AgendasRecord; service?: ServicesRecord; contact?: ContactsRecord; conversation?: ConversationsRecord; members?: MembersRecord[] }
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
  expand?: { company?: CompaniesRecord; appointment?: AppointmentsRecord; resource?: AgendasRecord }
}

export interface MailsRecord extends BaseRecord {
  company: string
  to: string
  to_name: string
  subject: string
  kind: 'confirmation' | 'moved' | 'cancelled' | 'reminder' | 'test' | 'number_off' | 'invite' | 'notice' | 'daily_summary'
  contact: string
  appointment: string
  locale: string
  status: 'queued' | 'sent' | 'failed' | 'skipped'
  due: string
  attempts: number
  claimed_until: string
  error: string
  sent_at: string
  expand?: { company?: CompaniesRecord; contact?: ContactsRecord; appointment?: AppointmentsRecord }
}

export interface RemindersRecord extends BaseRecord {
  company: string
  appointment: string
  agenda: string
  contact: string
  kind: 'before'
  offset: number
  due: string
  status: 'scheduled' | 'sent' | 'skipped' | 'failed' | 'cancelled'
  reason: string
  channel: 'chat' | 'email' | ''
  tried: unknown
  message: string
  mail: string
  sent_at: string
  reply: 'confirmed' | 'cancelled' | 'asked' | ''
  expand?: { company?: CompaniesRecord; appointment?: AppointmentsRecord; agenda?: AgendasRecord; contact?: ContactsRecord; message?: MessagesRecord; mail?: MailsRecord }
}

export interface IdempotencyKeysRecord extends BaseRecord {
  company: string
  key: string
  body_hash: string
  response: unknown
  expand?: { company?: CompaniesRecord }
}

export interface AuditRecord extends BaseRecord {
  company: string
  actor: string
  actor_kind: 'person' | 'key' | 'superuser' | 'system' | ''
  actor_name: string
  address: string
  action: string
  collection: string
  record: string
  data: unknown
  expand?: { company?: CompaniesRecord; actor?: UsersRecord }
}

export interface ImportsRecord extends BaseRecord {
  company: string
  member: string
  name: string
  format: 'csv' | 'xlsx' | ''
  state: 'draft' | 'queued' | 'running' | 'done' | 'cancelled' | 'failed' | 'undoing' | 'undone'
  mode: 'skip' | 'update' | 'create' | ''
  headers: unknown
  mapping: unknown
  sample: unknown
  total: number
  done: number
  added: number
  changed: number
  skipped: number
  failed: number
  reverted: number
  kept: number
  error: string
  expand?: { company?: CompaniesRecord; member?: MembersRecord }
}

export interface ImportBatchesRecord extends BaseRecord {
  company: string
  import: string
  first: number
  stamp: string
  entries: unknown
  undone: boolean
  expand?: { company?: CompaniesRecord; import?: ImportsRecord }
}

export interface ExportsRecord extends BaseRecord {
  company: string
  member: string
  state: 'queued' | 'running' | 'done' | 'failed'
  total: number
  done: number
  size: number
  error: string
  expand?: { company?: CompaniesRecord; member?: MembersRecord }
}

export interface AiKeysRecord extends BaseRecord {
  company: string
  name: string
  base_url: string
  last4: string
  stream: boolean
  transcribe_model: string
  models: unknown
  embedding_model: string
  embedding_price: number
  problem: string
  tested_at: string
  expand?: { company?: CompaniesRecord }
}

export interface KnowledgeRecord extends BaseRecord {
  company: string
  kind: 'page' | 'file' | 'address'
  title: string
  text: string
  file: string
  name: string
  url: string
  state: 'waiting' | 'reading' | 'ready' | 'failed' | ''
  problem: string
  size: number
  letters: number
  pieces: number
  total: number
  vectors: number
  read_at: string
  due: string
  expand?: { company?: CompaniesRecord }
}

export interface AgentPromptsRecord extends BaseRecord {
  company: string
  name: string
  expand?: { company?: CompaniesRecord }
}

export interface AgentPromptVersionsRecord extends BaseRecord {
  company: string
  prompt: string
  number: number
  text: string
  note: string
  author: string
  parent: string
  hash: string
  state: 'draft' | 'tested' | 'live' | 'retired' | ''
  weight: number
  expand?: { company?: CompaniesRecord; prompt?: AgentPromptsRecord; author?: MembersRecord; parent?: AgentPromptVersionsRecord }
}

export interface AgentsRecord extends BaseRecord {
  company: string
  name: string
  active: boolean
  ai_key: string
  model: string
  fallback_key: string
  fallback_model: string
  temperature: number
  max_tokens: number
  persona: string
  language: 'customer' | 'company' | 'en' | 'pt-BR' | 'es' | ''
  prompt: string
  instructions: string
  tools: unknown
  knowledge_reach: 'all' | 'chosen' | ''
  knowledge: string[]
  audience: 'nobody' | 'new' | 'everyone' | ''
  shadow: boolean
  hours: unknown
  handover_words: unknown
  fallback: 'dialogue' | 'person' | ''
  limits: unknown
  price_in: number
  price_out: number
  gate: number
  expand?: { company?: CompaniesRecord; ai_key?: AiKeysRecord; fallback_key?: AiKeysRecord; prompt?: AgentPromptsRecord; instructions?: AgentPromptVersionsRecord; knowledge?: KnowledgeRecord[] }
}

export interface AgentRunsRecord extends BaseRecord {
  company: string
  agent: string
  conversation: string
  contact: string
  version: string
  ai_key: string
  model: string
  status: 'waiting' | 'running' | 'done'
  due: string
  asked_at: string
  inbound: string
  since: string
  shadow: boolean
  requested_by: string
  draft: string
  prompt_text: string
  steps: unknown
  cited: unknown
  tokens_in: number
  tokens_out: number
  cost: number
  reserved: number
  outcome: 'answered' | 'proposed' | 'booked' | 'moved' | 'cancelled' | 'kept' | 'handed_over' | 'fallback' | 'drafted' | 'sent' | 'taken' | 'dropped' | 'discarded' | 'taken_over' | ''
  reason: string
  started: string
  ended: string
  ms: number
  feedback: 'good' | 'bad' | ''
  feedback_note: string
  feedback_by: string
  expand?: { company?: CompaniesRecord; agent?: AgentsRecord; conversation?: ConversationsRecord; contact?: ContactsRecord; version?: AgentPromptVersionsRecord; ai_key?: AiKeysRecord; requested_by?: MembersRecord; feedback_by?: MembersRecord }
}

export interface AgentSpendRecord extends BaseRecord {
  company: string
  agent: string
  day: string
  tokens: number
  cost: number
  runs: number
  trial_tokens: number
  trial_cost: number
  expand?: { company?: CompaniesRecord; agent?: AgentsRecord }
}

export interface AgentEvaluationsRecord extends BaseRecord {
  company: string
  agent: string
  version: string
  member: string
  model: string
  scenarios: unknown
  status: 'waiting' | 'running' | 'done' | 'cancelled' | 'failed'
  reason: string
  total: number
  done: number
  passed: number
  share: number
  complete: boolean
  tokens_in: number
  tokens_out: number
  cost: number
  started: string
  ended: string
  due: string
  expand?: { company?: CompaniesRecord; agent?: AgentsRecord; version?: AgentPromptVersionsRecord; member?: MembersRecord }
}

export interface AgentTrialsRecord extends BaseRecord {
  company: string
  evaluation: string
  scenario: string
  passed: boolean
  problems: unknown
  talk: unknown
  tokens_in: number
  tokens_out: number
  cost: number
  ms: number
  expand?: { company?: CompaniesRecord; evaluation?: AgentEvaluationsRecord }
}

/** The record type of each collection. */
export interface Collections {
  users: UsersRecord
  auth_sessions: AuthSessionsRecord
  auth_factors: AuthFactorsRecord
  auth_tickets: AuthTicketsRecord
  companies: CompaniesRecord
  company_domains: CompanyDomainsRecord
  roles: RolesRecord
  members: MembersRecord
  invites: InvitesRecord
  queues: QueuesRecord
  channels: ChannelsRecord
  api_keys: ApiKeysRecord
  tags: TagsRecord
  contacts: ContactsRecord
  contact_fields: ContactFieldsRecord
  contact_changes: ContactChangesRecord
  contact_merges: ContactMergesRecord
  contact_photos: ContactPhotosRecord
  identities: IdentitiesRecord
  consents: ConsentsRecord
  webchat_visitors: WebchatVisitorsRecord
  channel_events: ChannelEventsRecord
  conversations: ConversationsRecord
  messages: MessagesRecord
  files: FilesRecord
  quick_replies: QuickRepliesRecord
  ratings: RatingsRecord
  agendas: AgendasRecord
  availabilities: AvailabilitiesRecord
  availability_overrides: AvailabilityOverridesRecord
  services: ServicesRecord
  appointments: AppointmentsRecord
  occupancies: OccupanciesRecord
  mails: MailsRecord
  reminders: RemindersRecord
  idempotency_keys: IdempotencyKeysRecord
  audit: AuditRecord
  imports: ImportsRecord
  import_batches: ImportBatchesRecord
  exports: ExportsRecord
  ai_keys: AiKeysRecord
  knowledge: KnowledgeRecord
  agent_prompts: AgentPromptsRecord
  agent_prompt_versions: AgentPromptVersionsRecord
  agents: AgentsRecord
  agent_runs: AgentRunsRecord
  agent_spend: AgentSpendRecord
  agent_evaluations: AgentEvaluationsRecord
  agent_trials: AgentTrialsRecord
}

export type CollectionName = keyof Collections
