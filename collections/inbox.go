package collections

import "github.com/pocketbase/pocketbase/core"

var contactScope = Scope{Noun: "contacts", Owner: "owner"}

// contacts are the people a company talks to. A lead is a contact whose
// lifecycle is `lead`. search is the folded text that lists are searched by.
func contacts() Def {
	return Def{
		Name:    Contacts,
		Company: true,
		Scope:   contactScope,
		Fields: []core.Field{
			text("name", 200),
			pattern("phone", `^\+[1-9][0-9]{6,14}$`),
			email("email"),
			text("locale", 20),
			pattern("birthday", `^\d{4}-\d{2}-\d{2}$`),
			choice("lifecycle", "lead", "customer", "other"),
			text("lead_status", 60),
			text("category", 60),
			text("source", 60),
			relation("owner", Members),
			relations("tags", Tags),
			text("notes", 20_000),
			data("custom", 50_000),
			flag("bot_off"),
			number("no_shows"),
			relation("merged_into", Contacts),
			date("deleted"),
			text("search", 1_000),
		},
		// One index for each order of the list, with everything the list can be
		// narrowed by behind it: what doesn't match is passed over without reading
		// its row. search begins with the folded name, so its order is that of names.
		Indexes: []Index{
			{Name: "list_created", Columns: "company, created, id, deleted, search, " + contactFilters},
			{Name: "list_name", Columns: "company, search, id, deleted, " + contactFilters},
			{Name: "company_owner", Columns: "company, owner, created, id"},
			{Name: "owner_name", Columns: "company, owner, search, id"},
			{Name: "bin", Columns: "deleted", Where: "deleted != ''"},
			{Name: "merged", Columns: "merged_into", Where: "merged_into != ''"},
			{Name: "company_phone", Columns: "company, phone", Where: "phone != ''"},
			{Name: "company_email", Columns: "company, email", Where: "email != ''"},
		},
		Rules: Rules{
			List: contactScope.rule("view"), View: contactScope.rule("view"),
			Create: can("contacts.add"), Update: contactScope.rule("edit"),
		},
		Sorts: contactSorts(),
	}
}

// contactFilters are the columns the list of contacts can be narrowed by, beside
// those that stand before them: what is looked at in nearly every row comes first.
const contactFilters = "lifecycle, lead_status, owner, source, category, tags"

// contactSorts are the orders of the list with each of its filters.
func contactSorts() []Sort {
	var sorts []Sort
	for _, order := range []string{"-created,-id", "created,id", "search,id", "-search,-id"} {
		for _, filter := range []string{
			"deleted = ''",
			"deleted != ''",
			"deleted = '' && lifecycle = 'lead'",
			"deleted = '' && lead_status = 'text-1-7'",
			"deleted = '' && owner = '{member}'",
			"deleted = '' && owner = ''",
			"deleted = '' && tags ~ '{tag}'",
			"deleted = '' && source = 'text-1-7'",
			"deleted = '' && category = 'text-1-7'",
			createdRange(order),
			"deleted = '' && search ~ 'text'",
		} {
			sorts = append(sorts, Sort{Filter: filter, Order: order})
		}
	}

	return sorts
}

// createdRange is the filter of a stretch of days. In the order of names SQLite
// would read the stretch by the other index and sort it; :lower keeps it from that.
func createdRange(order string) string {
	if order == "search,id" || order == "-search,-id" {
		return "deleted = '' && created:lower >= '2026-01-01 00:00:00.000z' && created:lower < '2027-01-01 00:00:00.000z'"
	}

	return "deleted = '' && created >= '2026-01-01 00:00:00.000Z' && created < '2027-01-01 00:00:00.000Z'"
}

// identities are the addresses a contact is known by. scope narrows a value that
// is unique within one channel or portfolio only.
func identities() Def {
	scope := Scope{Noun: "contacts", Owner: "contact.owner"}

	return Def{
		Name:    Identities,
		Company: true,
		Scope:   scope,
		Fields: []core.Field{
			required(relation("contact", Contacts)),
			required(choice("kind", "phone", "lid", "bsuid", "email", "visitor", "group")),
			required(text("value", 200)),
			text("scope", 100),
		},
		Indexes: []Index{
			{Name: "value", Unique: true, Columns: "company, kind, value, scope"},
			{Name: "contact", Columns: "contact"},
			{Name: "company_contact", Columns: "company, contact, created, id"},
		},
		Rules: scope.readOnly(),
		Sorts: []Sort{{Filter: "contact = '{contact}'", Order: "created"}},
	}
}

// queues are the departments a conversation can wait in. hours:
// {"weekly":[{"weekday","start","end"}],"closed":["YYYY-MM-DD"]}, minutes in the
// company's time zone.
func queues() Def {
	return Def{
		Name:    Queues,
		Company: true,
		Fields: []core.Field{
			required(text("name", 80)),
			text("color", 20),
			data("hours", 20_000),
			text("greeting", 2_000),
			text("out_of_hours", 2_000),
			choice("distribution", "off", "round_robin", "least_busy"),
			relation("agent", Agents),
			hidden(relation("last_given", Members)), // whose turn it was
		},
		Indexes: []Index{
			{Name: "name", Unique: true, Columns: "company, name"},
			{Name: "distributing", Columns: "company", Where: "distribution = 'round_robin' OR distribution = 'least_busy'"},
		},
		Rules: managedBy("channels.manage"),
		Sorts: []Sort{{Order: "name"}},
	}
}

// channels are the ways in and out: a website widget, a WhatsApp number.
// settings of a webchat: {title, greeting, color, locale, privacy_url, launcher};
// of every kind: {auto_close_hours, auto_close_text, answer, answer_since}: answer
// says whom the bot answers, nobody, new (who came after answer_since) or
// everyone. number and device are those of a linked WhatsApp, linked_at since when;
// off_since since when it is off though it is linked, and off_told which of these
// times the owner and admins were told of. More settings of a whatsapp:
// {cold_limit, groups, history_days, read_back, call_reply}.
func channels() Def {
	return Def{
		Name:    Channels,
		Company: true,
		Fields: []core.Field{
			required(choice("kind", "webchat", "whatsapp", "whatsapp_cloud")),
			required(text("name", 80)),
			text("public_key", 40),
			text("state", 30),
			date("state_since"),
			text("state_reason", 500),
			relation("queue", Queues),
			choice("answerer", "bot", "agent", "none"),
			relation("agent", Agents),
			data("origins", 5_000),
			data("settings", 20_000),
			flag("active"),
			text("number", 20),
			date("linked_at"),
			date("off_since"),
			hidden(date("off_told")),
			hidden(text("device", 100)),
		},
		Indexes: []Index{
			{Name: "public_key", Unique: true, Columns: "public_key", Where: "public_key != ''"},
			{Name: "linked_number", Unique: true, Columns: "number", Where: "device != ''"},
			{Name: "company_name", Columns: "company, name, id"},
		},
		Rules: managedBy("channels.manage"),
		Sorts: []Sort{{Order: "name"}},
	}
}

// webchatVisitors are browsers that opened the widget. The contact is empty
// until the first message. Only the hash of the visitor's token is stored.
func webchatVisitors() Def {
	return Def{
		Name:    WebchatVisitors,
		Company: true,
		Fields: []core.Field{
			required(relation("channel", Channels)),
			hidden(required(text("token_hash", 64))),
			required(text("visitor", 40)),
			text("name", 200),
			text("email", 255),
			text("locale", 20),
			text("page", 1_000),
			relation("contact", Contacts),
			text("consent", 64), // hash of what was agreed to
			date("last_seen"),
		},
		Indexes: []Index{
			{Name: "token", Unique: true, Columns: "token_hash"},
			{Name: "contact", Columns: "contact"},
			{Name: "last_seen", Columns: "last_seen"},
			{Name: "company_created", Columns: "company, created, id"},
		},
	}
}

// channelEvents keep what a channel delivered, raw, before it is acknowledged.
func channelEvents() Def {
	return Def{
		Name:    ChannelEvents,
		Company: true,
		TimeIDs: true,
		Fields: []core.Field{
			required(relation("channel", Channels)),
			required(text("external_id", 200)),
			text("kind", 60),
			data("payload", 2_000_000),
			number("attempts"),
			date("due"),
			date("handled"),
			text("error", 1_000),
		},
		Indexes: []Index{
			{Name: "external", Unique: true, Columns: "channel, external_id"},
			{Name: "pending", Columns: "channel, due, id", Where: "handled = ''"},
			{Name: "handled", Columns: "handled", Where: "handled != ''"},
			{Name: "history", Columns: "channel, id", Where: "kind = 'history'"},
			{Name: "company_created", Columns: "company, created, id"},
		},
	}
}

var conversationScope = Scope{Noun: "inbox", Owner: "assignee", Queue: "queue", OpenToAll: true}

// conversations are one contact on one channel. At most one of them is active
// (anything but closed) at a time, by a partial unique index.
func conversations() Def {
	return Def{
		Name:    Conversations,
		Company: true,
		TimeIDs: true,
		Scope:   conversationScope,
		Fields: []core.Field{
			required(relation("contact", Contacts)),
			required(relation("channel", Channels)),
			relation("identity", Identities),
			relation("queue", Queues),
			relation("assignee", Members),
			required(choice("status", "pending", "open", "snoozed", "closed")),
			required(choice("answerer", "bot", "agent", "waiting", "human")),
			relations("tags", Tags),
			text("locale", 20),
			number("unread"),
			text("preview", 300),
			choice("last_direction", "in", "out"),
			date("last_message_at"),
			date("first_reply_at"),
			date("waiting_since"),
			date("asked_at"),    // what the first reply of a person answered,
			date("answered_at"), // and that reply
			date("snoozed_until"),
			date("closed_at"),
			date("human_at"),
			date("greeted_at"),
			date("read_by_contact_at"),
			relations("mentioned", Members), // called by a note, and have not looked yet
			flag("called"),                  // someone is: what the index of the few has
			flag("imported"),                // it was held elsewhere: nothing is asked or closed by itself
			flag("is_group"),                // a group's: only people write there
			text("search", 1_000),
			hidden(date("cold_at")), // when someone who never wrote was written to last
			hidden(data("dialogue", 50_000)),
			hidden(text("reminder", 15)),      // the one sent last, which an answer is for
			hidden(text("reminder_said", 15)), // the message that spoke of it last
			hidden(date("away_until")),
			hidden(date("triage_due")),
			hidden(number("triage_attempts")),
			hidden(text("triaged", 15)),
		},
		Indexes: []Index{
			{Name: "active", Unique: true, Columns: "contact, channel", Where: "status != 'closed'"},
			{Name: "company_recent", Columns: "company, last_message_at, id"},
			{Name: "company_status", Columns: "company, status, last_message_at, id"},
			{Name: "company_assignee", Columns: "company, assignee, last_message_at, id"},
			{Name: "company_contact", Columns: "company, contact, last_message_at, id"},
			{Name: "triage", Columns: "triage_due", Where: "triage_due != ''"},
			{Name: "cold", Columns: "channel, cold_at", Where: "cold_at != ''"},
			{Name: "busy", Columns: "company, assignee", Where: "status = 'open' OR status = 'pending'"},
			{Name: "called", Columns: "company, last_message_at, id", Where: "called = 1"},
			{Name: "snoozed", Columns: "snoozed_until", Where: "status = 'snoozed' AND snoozed_until != ''"},
			{Name: "report_opened", Columns: "company, created, imported, assignee, queue, channel"},
			{Name: "report_closed", Columns: "company, closed_at, created, imported, assignee, queue, channel", Where: "closed_at != ''"},
			{Name: "report_answered", Columns: "company, answered_at, asked_at, imported, assignee, queue, channel", Where: "answered_at != ''"},
		},
		Rules: Rules{
			List: conversationScope.rule("view"), View: conversationScope.rule("view"),
			Update: conversationScope.rule("edit"),
		},
		Sorts: []Sort{
			{Order: "-last_message_at,-id"},
			{Filter: "status != 'closed' && status != 'snoozed'", Order: "-last_message_at,-id"},
			{Filter: "status = 'snoozed'", Order: "-last_message_at,-id"},
			{Filter: "status = 'closed'", Order: "-last_message_at,-id"},
			{Filter: "called = true && mentioned ~ '{member}'", Order: "-last_message_at,-id"},
			{Filter: "status != 'closed' && status != 'snoozed' && tags ~ '{tag}'", Order: "-last_message_at,-id"},
			{Filter: "status != 'closed' && status != 'snoozed' && tags:length = 0", Order: "-last_message_at,-id"},
			{Filter: "assignee = '{member}'", Order: "-last_message_at,-id"},
			{Filter: "assignee = ''", Order: "-last_message_at,-id"},
			{Filter: "contact = '{contact}'", Order: "-last_message_at,-id"},
		},
	}
}

var messageScope = Scope{Noun: "inbox", Owner: "conversation.assignee", Queue: "conversation.queue", OpenToAll: true}

// messages are what was said, in and out, and the notes between colleagues.
// options: the buttons offered, [{id,label}]. mentions: the colleagues a note
// calls. reactions: [{by,emoji}], by a member or "contact". An outgoing row is a job of the
// outbox until it is sent: due, attempts, claimed_until, error.
func messages() Def {
	return Def{
		Name:    Messages,
		Company: true,
		TimeIDs: true,
		Scope:   messageScope,
		Fields: []core.Field{
			required(relation("conversation", Conversations)),
			required(relation("contact", Contacts)),
			required(relation("channel", Channels)),
			required(choice("direction", "in", "out")),
			required(choice("kind", "text", "image", "audio", "video", "document", "sticker", "location", "contact",
				"poll", "template", "interactive", "note", "system", "unsupported")),
			text("text", 20_000),
			data("options", 20_000),
			text("payload", 200),
			data("data", 50_000),
			relations("attachments", Files),
			required(choice("status", "received", "queued", "sending", "sent", "delivered", "read", "failed", "skipped")),
			required(date("at")),
			relation("author", Members),
			choice("answered_by", "bot", "agent", "human"),
			text("external_id", 200),
			text("client_id", 100),
			relation("reply_to", Messages),
			flag("forwarded"),
			relations("mentions", Members),
			data("reactions", 20_000),
			date("edited_at"),
			date("deleted_at"),
			text("error", 1_000),
			date("due"),
			date("expires_at"),
			number("attempts"),
			date("claimed_until"),
		},
		Indexes: []Index{
			{Name: "external", Unique: true, Columns: "channel, external_id", Where: "external_id != ''"},
			{Name: "client", Unique: true, Columns: "conversation, client_id", Where: "client_id != ''"},
			{Name: "conversation_at", Columns: "conversation, at, id"},
			{Name: "conversation_id", Columns: "conversation, id"},
			{Name: "company_at", Columns: "company, at, id, direction, kind, status, answered_by, author, channel"}, // for lists and reports
			{Name: "notes", Columns: "contact, at, id", Where: "kind = 'note'"},
			{Name: "outbox", Columns: "due", Where: "status = 'queued' OR status = 'sending'"},
			{Name: "failed", Columns: "company, id", Where: "status = 'failed'"},
		},
		Rules: Rules{
			List: messageScope.rule("view"), View: messageScope.rule("view"),
			Create: messageScope.rule("edit", "inbox.reply"),
			Update: messageScope.rule("edit", "inbox.reply"),
		},
		Sorts: []Sort{
			{Filter: "conversation = '{conversation}'", Order: "-at,-id"},
			{Filter: "conversation = '{conversation}'", Order: "at,id"},
			{Order: "-at,-id"},
		},
	}
}

// files are what messages carry. They are fetched through Recado's own routes,
// never by PocketBase's public file address.
func files() Def {
	scope := Scope{Noun: "inbox", Owner: "conversation.assignee", Queue: "conversation.queue", OpenToAll: true}

	return Def{
		Name:    Files,
		Company: true,
		Scope:   scope,
		Fields: []core.Field{
			relation("conversation", Conversations),
			relation("message", Messages),
			hidden(relation("visitor", WebchatVisitors)), // who uploaded it through the widget
			required(&core.FileField{Name: "file", MaxSelect: 1, MaxSize: 100 << 20, Protected: true}),
			text("name", 255),
			text("mime", 100),
			number("size"),
			text("sha256", 64),
			number("width"),
			number("height"),
			number("duration"),
			flag("voice"),
			pattern("waveform", `^[A-Za-z0-9+/]{0,88}={0,2}$`),
			hidden(date("transcribe_due")),
			hidden(number("transcribe_attempts")),
		},
		Indexes: []Index{
			{Name: "message", Columns: "message"},
			{Name: "transcribe", Columns: "transcribe_due", Where: "transcribe_due != ''"},
			{Name: "company_conversation", Columns: "company, conversation, created, id"},
			{Name: "orphans", Columns: "created", Where: "message = ''"},
		},
		Rules: Rules{
			List: scope.rule("view"), View: scope.rule("view"),
			Create: scope.rule("edit", "inbox.reply"),
		},
		Sorts: []Sort{{Filter: "conversation = '{conversation}'", Order: "-created"}},
	}
}
