package collections

// manual says what the schema can't: what a collection is, who fills a field
// and in which unit. [Markdown] sets it beside the declared fields.
var manual = map[string]struct {
	about  string
	fields map[string]string
}{
	Users: {
		about: "Accounts, of people and of API keys. PocketBase's auth routes sign them in. They are made by set-up, an invite or\n" +
			"sign-up, never by a create; `email`, `emailVisibility` and `verified` come from PocketBase. An account's name and e-mail\n" +
			"stand in its [members](#members) rows for colleagues to read.",
		fields: map[string]string{
			"locale":      "language of the screens: `en`, `pt-BR`, `es`",
			"kind":        "Server",
			"phone":       "kept as `+5511912345678`; without a country code it is read as one of the country of the first company",
			"job_title":   "in the person's own words; it allows nothing",
			"preferences": "what the person has chosen; [by section](api.md#preferences)",
		},
	},
	APIKeys: {
		about: "Keys of programs, made by [`POST /api/recado/keys`](api.md#keys). Revoke one with `{revoked: true}`, which is for good.",
		fields: map[string]string{
			"name":        "",
			"user":        "Server; of the kind `key`",
			"member":      "Server; what it writes has it as its author",
			"created_by":  "Server",
			"channel":     "Server; the only one it may write on, empty any",
			"prefix":      "Server; how the key begins",
			"permissions": "Server",
			"addresses":   "from which it may be used, such as `203.0.113.0/24`; empty any",
			"expires":     "empty never",
			"last_used":   "Server; up to a minute late",
		},
	},
	AuthSessions: {
		about: "Where an account is signed in, one row each. Seen by their own account only, with or without `?company=`; ended by\n" +
			"[`POST /api/recado/sessions/revoke`](api.md#sign-ins).",
		fields: map[string]string{
			"kind":      "`sign_in`, or `impersonation` by a superuser",
			"method":    "how: `password`, `oauth2`, `invite`, …",
			"device":    "what the browser says it is",
			"address":   "where `RECADO_SESSION_ADDRESSES` is on",
			"last_seen": "the last request; up to a minute late",
			"expires":   "when it is over unless it is renewed",
			"idle":      "minutes it may rest; 0 any",
		},
	},
	AuthFactors: {
		about: "Authenticator apps, one for each account that has one: the second factor of its sign-ins. Seen by their own account only, made and\n" +
			"removed by [routes](api.md#second-factor). For somebody who lost the app and the recovery codes, a superuser deletes the row in the dashboard.",
		fields: map[string]string{
			"confirmed":     "Server; empty until the first code was right: until then it counts for nothing",
			"recovery_left": "Server; how many recovery codes are left",
		},
	},
	AIKeys: {
		about: "Accounts at endpoints that speak OpenAI's protocol. The key is written as `key`, kept sealed and never shown; what is wrong with\n" +
			"it says [`POST /api/recado/ai-keys/{id}/test`](api.md).",
		fields: map[string]string{
			"base_url":         "such as `https://api.openai.com/v1` or `http://127.0.0.1:11434/v1`",
			"last4":            "Server; the end of the key",
			"stream":           "answers are asked for bit by bit",
			"transcribe_model": "hears the company's voice notes, such as `whisper-1`; empty: none",
			"models":           "Server; those the endpoint lists",
			"embedding_model":  "the model that says what texts mean, by which [knowledge](#knowledge) is found too; empty none",
			"embedding_price":  "minor units for a million tokens of that model",
			"problem":          "Server; what the last test found, empty if nothing",
			"tested_at":        "Server",
		},
	},
	Agents: {
		about: "The AI agents that answer, see [agents.md](agents.md). Channels and queues name the one that works for them.",
		fields: map[string]string{
			"fallback_key":    "used where the first one fails",
			"max_tokens":      "of one answer; 0 what the endpoint has",
			"persona":         "who it says it is",
			"language":        "the customer's, the company's, or always the same",
			"prompt":          "its instructions",
			"instructions":    "the version it works by; Server where `prompt` has a live one",
			"tools":           "array: the names it may use; empty all",
			"knowledge_reach": "which [knowledge](#knowledge) it may look things up in: all of the company, or what `knowledge` names; empty all",
			"audience":        "whom it answers",
			"shadow":          "it writes drafts, which people send",
			"hours":           "when it answers, as in queues",
			"handover_words":  "array: words of a customer that call a person at once",
			"fallback":        "who answers where the model can't",
			"limits":          "object, see [agents.md](agents.md)",
			"price_in":        "minor units for a million tokens read",
			"price_out":       "minor units for a million tokens written",
			"gate":            "percent of the scenarios a version must pass before it goes live; 0 none",
		},
	},
	Knowledge: {
		about: "What agents look things up in, see [agents.md](agents.md#knowledge): pages written here, files and web addresses. They are read in\n" +
			"the background, and again when they change or by [`POST /api/recado/knowledge/{id}/refresh`](api.md).",
		fields: map[string]string{
			"kind":    "never changes",
			"title":   "empty: what it calls itself",
			"text":    "of a page; lines that begin with `#` are headings",
			"file":    "PDF, DOCX, TXT, MD, CSV, XLSX or HTML; needs a file token",
			"name":    "Server; of the file",
			"url":     "of an address",
			"state":   "Server",
			"problem": "Server; why it could not be read, see [agents.md](agents.md#knowledge)",
			"size":    "Server; bytes",
			"letters": "Server; of the text in it",
			"pieces":  "Server; parts of it that are found",
			"total":   "Server; parts it will have, while it is read",
			"vectors": "Server; parts that are found by their meaning too",
			"read_at": "Server; when it was read last",
			"due":     "Server; when it is read next",
		},
	},
	AgentPrompts: {about: "Instructions of agents, as a list of versions."},
	AgentPromptVersions: {
		about: "What instructions said at a time. A version never changes; which one is live is moved by\n" +
			"[`POST /api/recado/agent-prompt-versions/{id}/release`](api.md).",
		fields: map[string]string{
			"number": "Server",
			"author": "Server",
			"parent": "the version it was made from",
			"hash":   "Server; SHA-256 of the text",
			"state":  "Server",
			"weight": "Server; its share of the contacts, percent",
		},
	},
	AgentRuns: {
		about: "What agents did, step by step: one row for each time one was asked. Seen by those who see the conversation.",
		fields: map[string]string{
			"due":          "when it begins",
			"asked_at":     "when the customer wrote first",
			"inbound":      "the last message it read",
			"since":        "the first",
			"requested_by": "who asked for the draft; empty where nobody had to",
			"draft":        "what it would have said, in shadow mode",
			"prompt_text":  "what the model was told",
			"steps":        "array: each call of the model and of a tool, in order",
			"cited":        "array of `{knowledge, title, heading, url}`: what the answer says it is from",
			"cost":         "millionths of the minor unit",
			"reserved":     "of cost, what is not settled yet",
			"ms":           "how long it took",
		},
	},
	AgentSpend: {
		about: "What each agent used on each day of the company.",
		fields: map[string]string{
			"agent": "empty: what the meaning of knowledge was asked for", "day": "`YYYY-MM-DD`", "cost": "millionths of the minor unit",
			"trial_tokens": "of tokens, those of evaluations, playground and replays", "trial_cost": "of cost, likewise",
		},
	},
	AgentEvaluations: {
		about: "Tries of a version of instructions on the scenarios, see [agents.md](agents.md#evaluations). Begun by\n" +
			"[`POST /api/recado/agents/{id}/evaluations`](api.md#ai-agents).",
		fields: map[string]string{
			"member":    "who began it",
			"model":     "the agent's at the time",
			"scenarios": "array: the ids of those to play",
			"reason":    "why it failed, in a word",
			"total":     "how many scenarios there are",
			"done":      "how many have been played",
			"passed":    "how many of them ended well",
			"share":     "percent of all that passed, rounded down; 0 until it is done",
			"complete":  "Server; all scenarios were played, not a choice of them",
			"cost":      "millionths of the minor unit",
			"due":       "when it begins, or goes on",
		},
	},
	AgentTrials: {
		about: "Scenarios of an evaluation that have been played.",
		fields: map[string]string{
			"scenario": "its id, as `GET /api/recado/agents/scenarios` lists it",
			"problems": "array of `{code, text}`: what was wrong at the end; empty where it passed",
			"talk":     "array: what was said and done, in order",
			"cost":     "millionths of the minor unit",
			"ms":       "how long it took",
		},
	},
	ContactMerges: {
		about: "Contacts that were found to be one person, see [api.md](api.md#contacts). Taken back within 30 days.",
		fields: map[string]string{
			"contact": "the one that stayed",
			"merged":  "the one that went into it",
			"member":  "who did it; empty: a channel told",
			"undone":  "when it was taken back",
		},
	},
	ContactPhotos: {
		about: "What people show of themselves on a channel. Fetched when they write, at most once a week.",
		fields: map[string]string{
			"data":       "a data: address of a small picture; empty: none is shown",
			"fetched_at": "when it was looked at",
		},
	},
	Companies: {
		about: "The tenants. Shown to their members also without `?company=`. Made by set-up, sign-up and\n" +
			"[`POST /api/recado/companies`](api.md#companies). Only an owner changes `active`, only a superuser `limits` and `suspended`.\n" +
			"Holders of `company.manage` also read and write `billing`, `{legal_name, tax_id, address, email}`, whom its invoices are for; it is\n" +
			"shown when the company itself is asked for, never expanded, filtered by or in the feed, and written whole.",
		fields: map[string]string{
			"suspended":  "closed by whoever runs the instance: 403 `company_suspended` to everybody else",
			"limits":     "`{members, channels, contacts, messages}`: how many it may have, 0 any; messages are those people and programs write in a calendar month. More is 403 `limit_reached`",
			"removal":    "Server: when a deleted company is removed with everything in it",
			"joinable":   "Server: there is a code to join by",
			"slug":       "unique; lower case, digits, hyphens",
			"kind":       "of business",
			"kind_other": "which, where `kind` is `other`: required then, and empty otherwise",
			"size":       "how many people: `1-10`, `11-50`, `51-200`, `201-500`, `501+`",
			"website":    "http or https; `https://` is added where it is left out",
			"phone":      "kept as `+5511912345678`; without a country code it is read as one of the country of `timezone`",
			"timezone":   "IANA name, such as `America/Sao_Paulo`",
			"currency":   "ISO 4217",
			"active":     "in an inactive one everything can only be looked at",
			"settings": "`{address, phone_text, pages: [{id,title,text}], texts: {locale: {key: text}}, human_hours, reopen_hours, greeting_hours, rating_scale, rating_hours, " +
				"hours, capacity, attendees, booking: {on, color, intro}, mails, retention: {messages_days, events_days}}`; human_hours, reopen_hours, greeting_hours, rating_hours default to 12, 24, 12, 24. `rating_scale`: 0, 5 or 10. " +
				"`hours`: when people are there, as in queues; `capacity`: how many open conversations a queue gives a member at most, 10 where it isn't said, 0 for any number; `work_hours_only`: members with `work_hours` may be here within them only, but for owners ([api.md](api.md#work-hours)). " +
				"`attendees`: who books is asked who comes; `booking`: the public page; `retention`: days messages are kept (0: for ever) and raw events (0: 30); `mails`: `fallback` (default: where no chat reaches the customer) or `always`",
		},
	},
	CompanyDomains: {
		about: "Domains of a company, see [operate.md](operate.md#domains-of-companies): at most five. Made with `{company, name}`; several companies\n" +
			"may claim one, the first that proves it has it. Deleting one ends at once what was served on it.",
		fields: map[string]string{
			"name":     "such as `book.example.com`; kept in lower case and as it stands in the DNS (`xn--…`)",
			"txt":      "Server: what the TXT record `_recado.<name>` has to say",
			"state":    "Server: `verified` while the record is there, and 72 hours longer",
			"problem":  "Server: `missing`: there is no record; `different`: it says something else; `unreachable`: the DNS did not answer; `taken`: another company has it. Empty: none",
			"checked":  "Server: when the DNS was last asked",
			"verified": "Server: when it was proven",
		},
	},
	Roles: {
		about: "Named sets of permissions. Four are made with the company: `owner`, `admin`, `manager`, `agent`. Nobody gives a role\n" +
			"what they may not do themselves; one in use can't be deleted (409 `role_in_use`).",
		fields: map[string]string{
			"key":         "Server; empty for roles of your own",
			"permissions": "array of [permissions](api.md#permissions); narrower reaches are added, unknown names dropped",
		},
	},
	Members: {
		about: "An account in a company. Made by set-up, sign-up and invites; never deleted, only made inactive. Shown to the account\n" +
			"itself also without `?company=`. PATCH takes `role, manager, queues, work_hours, away, active, exceptions`.",
		fields: map[string]string{
			"manager":     "whose team the member is in",
			"exceptions":  "`{\"add\": [], \"remove\": []}`: permissions this member has in spite of the role, or not; of a key `{\"only\": []}`",
			"name":        "Server: the account's",
			"email":       "Server: the account's",
			"permissions": "Server: the effective set, from role, exceptions and company",
			"queues":      "the member sees what waits in these; a conversation in another queue only with `inbox.view_all` or as its assignee",
			"work_hours":  "`{\"weekly\": [{weekday,start,end}], \"closed\": [\"YYYY-MM-DD\"]}` in the company's time zone: when a queue may give the member conversations, and with `settings.work_hours_only` of the company when they may be there. No weekly hours: always",
			"away":        "given no conversations for now. Members say so themselves by `POST /api/recado/away`",
			"active":      "false ends access at once, open connections included",
		},
	},
	Invites: {
		about: "Links that make their opener a member, made by `POST /api/recado/members/invite`. PATCH takes `revoked`.",
		fields: map[string]string{
			"email":      "if set, only this address may accept",
			"expires":    "seven days after it was made, or as many as were asked for",
			"manager":    "who manages the new member",
			"sent_at":    "Server: when it was last sent by e-mail",
			"used_by":    "Server",
			"used_at":    "Server",
			"created_by": "Server",
		},
	},
	Queues: {
		about: "Departments a conversation can wait in.",
		fields: map[string]string{
			"name":         "unique in the company",
			"hours":        "`{\"weekly\": [{weekday,start,end}], \"closed\": [\"YYYY-MM-DD\"]}`: minutes in the company's time zone, `end` up to 2880; when people are there. Without weekly hours the company's (`settings.hours`) hold; the closed days of both do",
			"greeting":     "said at a hand-over within the hours",
			"out_of_hours": "said outside the hours to who waits for a person, in place of our own words; `{when}` becomes the time when someone is back",
			"distribution": "`round_robin` or `least_busy` gives what waits to the queue's members who are online, not away, in their `work_hours` and below `settings.capacity`; `off` or empty: they take it themselves",
		},
	},
	Channels: {
		about: "Ways in and out: `webchat`, the widget on a website, and `whatsapp`, a linked number, see [whatsapp.md](whatsapp.md).\n" +
			"`whatsapp_cloud` is declared and has no adapter yet.",
		fields: map[string]string{
			"public_key":   "of a webchat: what stands in its script tag. Made where none is given",
			"state":        "Server: how a linked number is, see [whatsapp.md](whatsapp.md#how-it-is)",
			"state_since":  "since when",
			"state_reason": "why, where something is wrong",
			"queue":        "where its conversations wait",
			"answerer":     "who answers first: the guided dialogue (`bot`) or a person (`none`)",
			"origins":      "array of websites that may use the widget; empty: only pages of Recado itself",
			"settings":     "of a webchat: `{title, greeting, color, locale, privacy_url, launcher, consent: {mode, text, address}}`, `mode` being `shown`, `accept` or empty, `address` whether the visitor's address is kept with it; of a whatsapp: `{answer, answer_since, cold_limit, groups, history_days, read_back, call_reply}`, see [whatsapp.md](whatsapp.md#settings); of every kind: `{auto_close_hours, auto_close_text}`",
			"number":       "Server: of a linked WhatsApp, E.164",
			"linked_at":    "Server: when the number was first linked",
			"off_since":    "Server: since when a linked number is off",
		},
	},
	Tags: {
		about: "The labels of contacts and conversations. One is archived, never deleted: what carries it keeps it. Making one takes\n" +
			"`contacts.edit_own`, changing one `contacts.manage`.",
		fields: map[string]string{
			"name":     "unique in the company without regard to case and diacritics",
			"key":      "Server: the name in lower case without diacritics; sort by it",
			"color":    "`#rrggbb`; one is chosen where none is given",
			"archived": "no longer offered",
		},
	},
	ContactFields: {
		about: "The fields a company adds to its contacts; `contacts.custom` holds their values by `key`. Deleting one hides its values.",
		fields: map[string]string{
			"key":      "unique in the company; made from the label where none is given; never changes. Need not be sent",
			"type":     "never changes. `date` is `YYYY-MM-DD`, `url` begins with http:// or https://",
			"choices":  "of a `choice`: array of texts",
			"position": "order on the screen",
		},
	},
	ContactChanges: {
		about: "What of a contact was changed, when and by whom. Written when a contact is saved.",
		fields: map[string]string{
			"member":  "empty: the server, or a superuser",
			"changes": "`{field: [before, after]}`",
		},
	},
	Contacts: {
		about: "The people a company talks to. A lead is a contact whose `lifecycle` is `lead`. Nobody deletes one: setting `deleted` puts\n" +
			"it into the bin and needs `contacts.delete`; with coming appointments it is refused (409 `has_appointments`) unless the\n" +
			"request says `?confirmed=1`. After 30 days in the bin it is erased; a message from the contact takes it out.",
		fields: map[string]string{
			"phone":       "any common form is taken and kept as E.164; a number without country is read as one of the company's time zone",
			"email":       "kept in lower case",
			"locale":      "language tag; the dialogue answers in it",
			"lifecycle":   "default `lead`",
			"source":      "kind of the channel for those who wrote first",
			"tags":        "filter `tags ~ 'id'`",
			"custom":      "object: values of the company's [fields](#contact_fields) by key, checked by their type",
			"bot_off":     "this contact gets no automatic answers",
			"no_shows":    "Server: appointments they did not come to",
			"merged_into": "the contact this one is now part of",
			"deleted":     "in the bin since",
			"search":      "Server: name, e-mail, phone and notes in lower case without diacritics, digits only of phones; filter `search ~ 'joao'`",
		},
	},
	Imports: {
		about: "Tables of contacts being taken over, see [api.md](api.md#contacts). Kept for 30 days.",
		fields: map[string]string{
			"state":    "Server",
			"mode":     "what happens to someone who is there already",
			"headers":  "array: the first row of the file",
			"mapping":  "array: for each column a field of the contact, or empty",
			"sample":   "array: the first rows of the file, while it is a draft",
			"total":    "rows of the file",
			"done":     "rows that were looked at",
			"added":    "contacts made",
			"changed":  "rows that changed a contact",
			"skipped":  "rows that changed nothing",
			"failed":   "rows with an error",
			"reverted": "contacts that undoing removed or put back",
			"kept":     "contacts that undoing left, because they were changed or used since",
			"error":    "why it can't go on",
		},
	},
	Exports: {
		about: "Archives of everything a company has, see [api.md](api.md#companies). Kept for 7 days.",
		fields: map[string]string{
			"member": "Server; who asked for it",
			"state":  "Server",
			"total":  "rows there are",
			"done":   "rows written",
			"size":   "bytes",
			"error":  "why it failed",
		},
	},
	Identities: {
		about: "The addresses a contact is known by, unique by (kind, value, scope). Written when someone writes.",
		fields: map[string]string{
			"value": "of a website visitor: the visitor's id",
			"scope": "the channel or portfolio within which the value is unique",
		},
	},
	Consents: {
		about: "What people agreed to before they wrote, one row for each act; see [privacy.md](privacy.md). Written with the first message.",
		fields: map[string]string{
			"kind":    "`accepted`: they ticked it; `shown`: it stood where they wrote",
			"text":    "as they saw it",
			"hash":    "SHA-256 of the text and the link, in hexadecimal: the version",
			"url":     "the link that stood beside it",
			"address": "the visitor's, if the channel keeps it",
		},
	},
	Conversations: {
		about: "One contact on one channel; at most one of them is active (not closed) at a time. Made by a first message or\n" +
			"`POST /api/recado/conversations`. PATCH takes `status, assignee, queue, answerer, tags, unread, locale, snoozed_until`; what\n" +
			"follows from it is in [api.md](api.md#conversations).",
		fields: map[string]string{
			"identity":           "Server: the address its messages go to",
			"queue":              "whose members see it while nobody has it; empty: everyone. Changing it needs `inbox.assign`, or the conversation to be one's own",
			"assignee":           "taking an unassigned one and passing on one's own are free, all else needs `inbox.assign`",
			"status":             "`snoozed` until `snoozed_until`, or until the customer writes",
			"answerer":           "`bot` gives it back to the guided dialogue",
			"tags":               "filter `tags ~ 'id'`",
			"locale":             "language of the dialogue in this conversation, if the customer chose one",
			"unread":             "incoming messages nobody has looked at; set it to 0",
			"preview":            "Server: the last message in one line",
			"last_direction":     "Server",
			"last_message_at":    "Server; sort by `-last_message_at,-id`",
			"first_reply_at":     "Server",
			"waiting_since":      "Server: the oldest message without an answer",
			"closed_at":          "Server",
			"human_at":           "Server: a person's last message, or when they took it",
			"greeted_at":         "Server",
			"read_by_contact_at": "Server",
			"mentioned":          "Server: members a note has called who have not looked since; filter `called = true && mentioned ~ 'id'`",
			"called":             "Server: somebody is in `mentioned`",
			"imported":           "Server: held elsewhere before; not rated, not closed by itself",
			"is_group":           "Server: a group of WhatsApp, in which only people write",
			"search":             "Server: the contact's `search`",
		},
	},
	Messages: {
		about: "What was said, and the notes between colleagues. A create takes `company, conversation, kind` (`text`, `note`, `image`,\n" +
			"`audio`, `video`, `document`)`, text, attachments, reply_to, mentions, client_id`. PATCH takes `{status: \"queued\"}` on a failed one; edit, delete,\n" +
			"react and forward are [routes](api.md#conversations).",
		fields: map[string]string{
			"contact":       "Server",
			"channel":       "Server",
			"direction":     "Server: `in` from the customer, `out` from the team",
			"kind":          "`note` never leaves the team, `system` is a line of what happened; default `text`",
			"options":       "Server: the buttons offered, `[{id,label}]`",
			"payload":       "Server: the id of the option the customer chose",
			"data":          "Server: of `system`: `{event: \"assigned\", …}`; of a score a customer gave: `{rating}`",
			"status":        "Server: `received`; `queued` → `sending` → `sent` → `delivered` → `read`, or `failed`, `skipped`; never goes back",
			"at":            "Server; sort by `-at,-id`",
			"author":        "Server: the member who wrote it",
			"answered_by":   "Server",
			"external_id":   "Server: the channel's id",
			"client_id":     "yours, unique in the conversation: sent again, it is the same message",
			"reply_to":      "the message it answers, of the same conversation",
			"forwarded":     "Server: it was said in another conversation first",
			"mentions":      "of a note: the members it calls, who must be able to see the conversation",
			"reactions":     "Server: `[{by, emoji}]`, `by` a member's id or `contact`",
			"edited_at":     "Server",
			"deleted_at":    "Server: its text and files are gone since",
			"error":         "Server: why it failed",
			"due":           "Server",
			"expires_at":    "Server",
			"attempts":      "Server",
			"claimed_until": "Server",
		},
	},
	Files: {
		about: "Attachments. Create with a multipart form of `company, conversation, file`, then name the id in a message's\n" +
			"`attachments`. Their bytes come from `GET /api/recado/files/{id}` only.",
		fields: map[string]string{
			"message":  "Server: the message that carries it",
			"file":     "up to `RECADO_UPLOAD_MAX_MB`",
			"name":     "default: the name it was uploaded under",
			"mime":     "Server: judged by the content",
			"size":     "Server: bytes",
			"sha256":   "Server",
			"width":    "Server: pixels",
			"height":   "Server: pixels",
			"duration": "seconds",
			"voice":    "a voice note: what a browser recorded is made Opus in Ogg where that can be done",
			"waveform": "its loudness for a picture: 64 bytes from 0 to 100, as base64",
		},
	},
	QuickReplies: {
		about: "What a team answers again and again, called up by `/shortcut`. `POST /api/recado/quick-replies/{id}/use` fills one in for a\n" +
			"conversation. Writing one's own takes `inbox.reply`, everything else `channels.manage`.",
		fields: map[string]string{
			"shortcut": "kept in lower case; unique among one's own and among the shared ones (409 `shortcut_taken`)",
			"text":     "may hold [variables](api.md#conversations)",
			"files":    "up to 5, each up to `RECADO_UPLOAD_MAX_MB`",
			"owner":    "whose own it is; empty: shared. Never changes",
		},
	},
	Ratings: {
		about: "What customers thought of a conversation that was closed, at most one each. See [api.md](api.md#ratings).",
		fields: map[string]string{
			"member":     "whose conversation it was when it was closed",
			"score":      "means something only where `status` is `answered`",
			"scale":      "the highest score: 5 (from 1) or 10 (from 0)",
			"comment":    "what the customer wrote beside the score",
			"expires_at": "until when an answer counts",
		},
	},
	Agendas: {
		about: "Bookable calendars. One with appointments can't be deleted (409 `in_use`); make it inactive.",
		fields: map[string]string{
			"member":   "whose it is; scoped permissions go by it",
			"timezone": "IANA name its hours are read in; default the company's. Need not be sent",
			"color":    "`#rrggbb`",
			"active":   "inactive ones can't be booked",
		},
	},
	Availabilities: {
		about: "The weekly opening hours of an agenda, one row for each window.",
		fields: map[string]string{
			"weekday": "0 is Sunday",
			"start":   "minute of the day",
			"end":     "minute of the day; may pass 1440 into the next, at most 1440 after the start",
		},
	},
	AvailabilityOverrides: {
		about: "What replaces the weekly hours on one date.",
		fields: map[string]string{
			"date":    "of the agenda's time zone; one row a date",
			"windows": "`[[start,end],…]` in minutes; empty: closed",
		},
	},
	Services: {
		about: "What can be booked. One with appointments can't be deleted (409 `in_use`); make it inactive.",
		fields: map[string]string{
			"agendas":       "where it is offered",
			"duration":      "minutes",
			"step":          "minutes between possible starts; 0: the duration",
			"buffer_before": "minutes kept free before",
			"buffer_after":  "minutes kept free after",
			"min_notice":    "minutes between now and the earliest start",
			"horizon_days":  "how far ahead it can be booked; 0: no limit",
			"capacity":      "1; more is refused for now",
			"max_per_day":   "appointments of this service a day and agenda; 0: no limit",
			"max_open":      "coming appointments one person may have of this service; 0: no limit",
			"private":       "only the team books it: neither the booking page nor the guided dialogue offers it",
			"price":         "minor units of the currency",
			"currency":      "default the company's",
			"color":         "`#rrggbb`",
			"reminders": "`{offsets: [1440, 120], channels: [\"chat\", \"email\"], texts: {en: \"…\"}}`: minutes before the start (60 to 43200, at most 5; empty: none), " +
				"the first way that works is taken, own words with `{name} {service} {when} {company}`; each may be left out",
		},
	},
	Appointments: {
		about: "What was booked. Creating and changing one makes the same checks as the [routes](api.md#agenda), and a change by a\n" +
			"member tells the customer. Which time it takes is in [occupancies](#occupancies).",
		fields: map[string]string{
			"agenda":       "scoped permissions go by its member",
			"members":      "who serves; default the agenda's",
			"end":          "from the service; only with `overbook` one of your own. Need not be sent",
			"status":       "default `confirmed`; `held` ends by itself. Need not be sent",
			"source":       "Server: who booked",
			"attendee":     "who comes, where it isn't the contact",
			"price":        "minor units; default the service's",
			"currency":     "default the service's",
			"overbook":     "squeezed in whatever stands there; needs `agenda.overbook`",
			"cancelled_by": "Server",
			"confirmed_at": "Server",
			"expires_at":   "of a `held` one: Unix seconds, at most a day ahead; default ten minutes",
			"sequence":     "Server: counts changes of time and status",
		},
	},
	Occupancies: {
		about: "What takes time on an agenda: an appointment or a block. Two that overlap are refused by the\n" +
			"database itself. Written with appointments and by `POST /api/recado/agendas/{id}/block`.",
		fields: map[string]string{
			"resource":      "the agenda",
			"title":         "of a block",
			"blocked_start": "Unix seconds, buffers included",
			"blocked_end":   "Unix seconds, buffers included; not part of it",
			"expires_at":    "Unix seconds; 0: never",
			"status":        "the appointment's",
			"overbook":      "may overlap others",
		},
	},
	Mails: {
		about: "E-mails to customers and to those who work here. Written by the server; how they look and sending one again are [routes](api.md#mail).",
		fields: map[string]string{
			"kind":          "what it is about",
			"status":        "`queued` → `sent` or `failed` (after eight tries); `skipped`: kept, not sent, `error` says why",
			"due":           "when it is tried next",
			"claimed_until": "being sent until then",
			"error":         "why it failed or was skipped; a sentence of the mail server, or `no_server`, `off`, `superseded`",
		},
	},
	Reminders: {
		about: "What a customer is told before an appointment. Made, moved and cancelled with the [appointment](#appointments).",
		fields: map[string]string{
			"offset":  "minutes before the start",
			"agenda":  "the appointment's; scoped permissions go by its member",
			"contact": "the appointment's",
			"status":  "`scheduled` → `sent`, or `skipped`, `failed`, `cancelled`; `reason` says why",
			"reason":  "`moved`, `cancelled`, `over`, `too_late`, `later_due`, `no_channel`, `demo`, or what the channel said",
			"channel": "how it was sent",
			"tried":   "ways that failed",
			"message": "what was sent by chat",
			"mail":    "what was sent by e-mail",
			"reply":   "what the customer answered",
		},
	},
	Audit: {
		about: "Who did what: every change that people and keys make, sign-ins, what was refused, what was done with the data of\n" +
			"people (`contact.exported`, `contact.erased`). Nobody changes or deletes a row; how long they are kept is\n" +
			"`companies.settings.retention.audit_days` (365; 0 for ever). What customers say and are is not copied here.",
		fields: map[string]string{
			"actor":      "the account",
			"actor_kind": "`person`, `key`, `superuser`, or `system` for what Recado does by itself",
			"actor_name": "as it was then",
			"address":    "where `RECADO_SESSION_ADDRESSES` is on",
			"action":     "`create`, `update`, `delete`, `sign_in`, `sign_in_failed`, `password_reset`, `not_me`, `second_factor_on`, `second_factor_off`, `impersonate`, `refused`, …",
			"collection": "of the record",
			"data":       "`{field: [before, after]}`; `true` in place of values that are not told",
		},
	},
}
