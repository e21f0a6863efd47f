package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// users are the accounts of people and, with kind `key`, of API keys. What an
// account may do is said by its rows in members.
func users() Def {
	self := types.Pointer(`id = @request.auth.id`)

	return Def{
		Name: Users,
		Auth: true,
		Fields: []core.Field{
			text("name", 200),
			text("locale", 20),
			text("phone", 40),
			text("job_title", JobTitleMax),
			choice("kind", "person", "key"),
			data("preferences", 20_000),
			hidden(data("devices", 5_000)),
			hidden(date("password_changed")),
		},
		// No create rule: accounts come from set-up, an invite or sign-up.
		Rules: Rules{List: self, View: self, Update: self},
	}
}

// authSessions are sign-ins, one row each for as long as it lasts: what ends one
// deletes its row. The tokens of a sign-in name its row; only hashes of what renews
// them are stored. last_seen is a minute late at most. idle is in minutes, 0 for
// ever; expires is when a sign-in that nobody renews is over.
func authSessions() Def {
	self := types.Pointer(`user = @request.auth.id`)

	return Def{
		Name: AuthSessions,
		Fields: []core.Field{
			&core.RelationField{Name: "user", CollectionId: ID(Users), MaxSelect: 1, Required: true, CascadeDelete: true},
			required(choice("kind", "sign_in", "impersonation")),
			text("method", 40),
			text("device", 300),
			text("address", 60),
			required(date("last_seen")),
			required(date("expires")),
			number("idle"),
			hidden(text("family_hash", 64)),
			hidden(text("refresh_hash", 64)),
		},
		Indexes: []Index{
			{Name: "user", Columns: "user, last_seen"},
			{Name: "expires", Columns: "expires"},
		},
		Rules: Rules{List: self, View: self},
		Sorts: []Sort{{Order: "-last_seen"}},
	}
}

// authFactors are the authenticator apps of accounts, one each. The secret is
// sealed; of the recovery codes only hashes are stored, and a used one goes. step is
// the step of the last code, which is good once.
func authFactors() Def {
	self := types.Pointer(`user = @request.auth.id`)

	return Def{
		Name: AuthFactors,
		Fields: []core.Field{
			&core.RelationField{Name: "user", CollectionId: ID(Users), MaxSelect: 1, Required: true, CascadeDelete: true},
			date("confirmed"),
			number("recovery_left"),
			hidden(required(text("secret", 300))),
			hidden(number("step")),
			hidden(data("recovery", 5_000)),
		},
		Indexes: []Index{{Name: "user", Unique: true, Columns: "user"}},
		Rules:   Rules{List: self, View: self},
	}
}

// authTickets are rights for a short time: what an e-mailed code or link opens, and
// sign-ins that wait for their second factor. subject is a hash of the e-mail address
// they were asked for; there is a row for an address without an account too, so that
// both take the same way. Only hashes of tokens and codes are stored.
func authTickets() Def {
	return Def{
		Name: AuthTickets,
		Fields: []core.Field{
			required(choice("kind", "reset", "sign_in", "factor", "email", "verify", "signup", "alarm")),
			&core.RelationField{Name: "user", CollectionId: ID(Users), MaxSelect: 1, CascadeDelete: true},
			hidden(text("subject", 64)),
			hidden(text("token_hash", 64)),
			hidden(text("code_hash", 64)),
			number("tries"),
			required(date("expires")),
			hidden(data("data", 20_000)),
		},
		Indexes: []Index{
			{Name: "subject", Columns: "subject, kind"},
			{Name: "token", Columns: "token_hash"},
			{Name: "expires", Columns: "expires"},
		},
	}
}

// companies are the tenants. A member sees the companies that have them, with or
// without ?company=.
func companies() Def {
	mine := `@collection.members.user ?= @request.auth.id && @collection.members.company ?= id && @collection.members.active ?= true`
	managed := types.Pointer(`id = @request.query.company && ` + memberOfQuery + ` && ` + has("company.manage"))

	return Def{
		Name: Companies,
		Fields: []core.Field{
			required(text("name", 200)),
			required(pattern("slug", `^[a-z0-9]+(-[a-z0-9]+)*$`)),
			text("kind", 60),
			text("kind_other", 100),
			text("size", 40),
			text("website", 300),
			text("phone", 40),
			&core.FileField{Name: "logo", MaxSelect: 1, MaxSize: 2 << 20, MimeTypes: []string{"image/png", "image/jpeg", "image/webp"}},
			required(text("timezone", 60)),
			required(choice("locale", Locales...)),
			required(pattern("currency", `^[A-Z]{3}$`)),
			flag("active"),
			flag("suspended"),
			date("removal"),
			flag("joinable"),
			hidden(text("join_hash", 64)),
			data("limits", 2_000),
			data("settings", 200_000),
			hidden(data("billing", 10_000)), // shown to holders of company.manage
		},
		Indexes: []Index{
			{Name: "slug", Unique: true, Columns: "slug"},
			{Name: "join", Unique: true, Columns: "join_hash", Where: "join_hash != ''"},
		},
		Rules: Rules{List: &mine, View: &mine, Update: managed},
		Sorts: []Sort{{Order: "name"}},
	}
}

// CompanySizes are how many people a company may say it has.
var CompanySizes = []string{"1-10", "11-50", "51-200", "201-500", "501+"}

// JobTitleMax is how many characters a job title has at most.
const JobTitleMax = 100

// Locales are the languages Recado speaks.
var Locales = []string{"en", "pt-BR", "es"}

// roles are named sets of permissions. The four seeded ones carry a key.
func roles() Def {
	return Def{
		Name:    Roles,
		Company: true,
		Fields: []core.Field{
			required(text("name", 80)),
			choice("key", "owner", "admin", "manager", "agent"),
			data("permissions", 5_000),
		},
		Indexes: []Index{
			{Name: "name", Unique: true, Columns: "company, name"},
			{Name: "key", Unique: true, Columns: "company, key", Where: "key != ''"},
		},
		Rules: managedBy("members.manage"),
		Sorts: []Sort{{Order: "name"}},
	}
}

// members tie a user to a company. A row is never deleted, only made inactive.
// name, email and kind repeat the user's for lists; permissions is the effective
// set: what the role allows, with the exceptions made for this member.
func members() Def {
	own := types.Pointer(`(user = @request.auth.id && (@request.query.company = '' || @request.query.company = company)) || (` + member + `)`)

	return Def{
		Name:    Members,
		Company: true,
		Fields: []core.Field{
			required(relation("user", Users)),
			required(relation("role", Roles)),
			relation("manager", Members),
			relations("queues", Queues),
			text("name", 200),
			text("email", 255),
			choice("kind", "person", "key"),
			data("exceptions", 10_000),
			data("permissions", 10_000),
			data("work_hours", 20_000),
			hidden(text("summary_day", 10)),
			flag("away"),
			flag("active"),
		},
		Indexes: []Index{
			{Name: "user_company", Unique: true, Columns: "user, company"},
			{Name: "company_name", Columns: "company, name, id"},
			{Name: "company_role", Columns: "company, role"},
			{Name: "manager", Columns: "manager"},
		},
		// Rows are made by set-up and invites, and changed by members.manage.
		Rules: Rules{List: own, View: own, Update: can("members.manage")},
		Sorts: []Sort{{Filter: "active = true", Order: "name"}},
	}
}

// invites are links that make their opener a member. Only the hash of the
// link's token is stored.
func invites() Def {
	return Def{
		Name:    Invites,
		Company: true,
		Fields: []core.Field{
			required(relation("role", Roles)),
			text("email", 255),
			hidden(required(text("token_hash", 64))),
			required(date("expires")),
			flag("revoked"),
			date("used_at"),
			relation("used_by", Users),
			relation("created_by", Members),
			relation("manager", Members),
			date("sent_at"),
		},
		Indexes: []Index{
			{Name: "token", Unique: true, Columns: "token_hash"},
			{Name: "company_created", Columns: "company, created, id"},
		},
		Rules: Rules{List: can("members.manage"), View: can("members.manage"), Update: can("members.manage")},
		Sorts: []Sort{{Order: "-created"}},
	}
}

// apiKeys are keys of programs. Each is a user of the kind key with a row in
// members, so that the same rules decide; only the hash of the key is stored.
func apiKeys() Def {
	return Def{
		Name:    APIKeys,
		Company: true,
		Fields: []core.Field{
			required(text("name", 80)),
			required(relation("user", Users)),
			required(relation("member", Members)),
			relation("created_by", Members),
			relation("channel", Channels),
			text("prefix", 20),
			hidden(required(text("key_hash", 64))),
			data("permissions", 10_000),
			data("addresses", 5_000),
			date("expires"),
			date("last_used"),
			flag("revoked"),
		},
		Indexes: []Index{
			{Name: "key", Unique: true, Columns: "key_hash"},
			{Name: "member", Columns: "member"},
			{Name: "company_created", Columns: "company, created, id"},
		},
		Rules: Rules{List: can("members.manage"), View: can("members.manage"), Update: can("members.manage")},
		Sorts: []Sort{{Order: "-created"}},
	}
}

// audit remembers who changed what: data has each changed field with what it was
// and what it is, or true where that is not told. Rows are written by the server,
// and stay as they were written.
func audit() Def {
	return Def{
		Name:    Audit,
		Company: true,
		TimeIDs: true,
		Fields: []core.Field{
			relation("actor", Users),
			choice("actor_kind", "person", "key", "superuser", "system"),
			text("actor_name", 200),
			text("address", 60),
			required(text("action", 80)),
			text("collection", 80),
			text("record", 15),
			data("data", 50_000),
		},
		Indexes: []Index{
			{Name: "company_created", Columns: "company, created, id"},
			{Name: "company_actor", Columns: "company, actor, created, id"},
			{Name: "company_action", Columns: "company, action, created, id"},
			{Name: "company_collection", Columns: "company, collection, created, id"},
			{Name: "company_record", Columns: "company, record, created, id"},
		},
		Rules: Rules{List: can("company.manage"), View: can("company.manage")},
		Sorts: []Sort{{Order: "-created"}, {Order: "-created,-id"}},
	}
}

// idempotencyKeys hold the first answer to a request that carried the key.
func idempotencyKeys() Def {
	return Def{
		Name:    IdempotencyKeys,
		Company: true,
		Fields: []core.Field{
			required(text("key", 200)),
			required(text("body_hash", 64)),
			data("response", 200_000),
		},
		Indexes: []Index{
			{Name: "key", Unique: true, Columns: "company, key"},
			{Name: "created", Columns: "created"},
		},
	}
}
