package collections

import "github.com/pocketbase/pocketbase/core"

// tags are the labels of contacts and conversations. key is the folded name:
// "VIP" and "víp" are one tag. A tag is archived, not deleted: what carries it
// keeps it, and nothing new gets it.
func tags() Def {
	return Def{
		Name:    Tags,
		Company: true,
		Fields: []core.Field{
			required(text("name", 40)),
			text("key", 80),
			pattern("color", `^#[0-9a-f]{6}$`),
			flag("archived"),
		},
		Indexes: []Index{
			{Name: "key", Unique: true, Columns: "company, key"},
		},
		// Whoever works on contacts may make one on the fly; what all see of it is
		// changed by those who keep the contacts in order.
		Rules: Rules{List: anyMember(), View: anyMember(), Create: can("contacts.edit_own"), Update: can("contacts.manage")},
		Sorts: []Sort{{Order: "key"}},
	}
}

// contactFields are the fields a company adds to its contacts; their values are
// in contacts.custom, by key. choices: an array of texts.
func contactFields() Def {
	return Def{
		Name:    ContactFields,
		Company: true,
		Fields: []core.Field{
			required(pattern("key", `^[a-z][a-z0-9_]{0,39}$`)),
			required(text("label", 80)),
			required(choice("type", "text", "number", "date", "choice", "boolean", "url")),
			data("choices", 10_000),
			between("position", 0, 10_000),
		},
		Indexes: []Index{
			{Name: "key", Unique: true, Columns: "company, key"},
			{Name: "company_position", Columns: "company, position, id"},
		},
		Rules: managedBy("contacts.manage"),
		Sorts: []Sort{{Order: "position"}},
	}
}

// consents are what people agreed to, each with its evidence: the text they were
// shown, its SHA-256, when and where, and the address they came from where the
// company keeps it. A row never changes.
func consents() Def {
	scope := Scope{Noun: "contacts", Owner: "contact.owner"}

	return Def{
		Name:    Consents,
		Company: true,
		TimeIDs: true,
		Scope:   scope,
		Fields: []core.Field{
			required(relation("contact", Contacts)),
			required(relation("channel", Channels)),
			required(choice("kind", "accepted", "shown")),
			required(text("text", consentMax)),
			required(text("hash", 64)),
			text("url", 1_000),
			text("address", 60),
			required(date("at")),
		},
		Indexes: []Index{
			{Name: "company_contact", Columns: "company, contact, id"},
			{Name: "contact", Columns: "contact"},
		},
		Rules: scope.readOnly(),
		Sorts: []Sort{{Filter: "contact = '{contact}'", Order: "-id"}},
	}
}

// consentMax is how many characters a text to agree to has at most.
const consentMax = 2_000

// contactChanges remember what of a contact was changed, and by whom. changes:
// {field: [before, after]}.
func contactChanges() Def {
	scope := Scope{Noun: "contacts", Owner: "contact.owner"}

	return Def{
		Name:    ContactChanges,
		Company: true,
		TimeIDs: true,
		Scope:   scope,
		Fields: []core.Field{
			required(relation("contact", Contacts)),
			relation("member", Members),
			data("changes", 100_000),
		},
		Indexes: []Index{
			{Name: "company_contact", Columns: "company, contact, id"},
			{Name: "contact", Columns: "contact"},
		},
		Rules: scope.readOnly(),
		Sorts: []Sort{{Filter: "contact = '{contact}'", Order: "-id"}},
	}
}

// contactMerges are two contacts that turned out to be one person. moved: the
// rows that went from merged to contact, {collection: [id]}, for who takes it
// back; closed: conversations that ended by it, because the contact had one, and
// what they were; learned: fields of the contact, {field: [before, after]}.
func contactMerges() Def {
	scope := Scope{Noun: "contacts", Owner: "contact.owner"}

	return Def{
		Name:    ContactMerges,
		Company: true,
		TimeIDs: true,
		Scope:   scope,
		Fields: []core.Field{
			required(relation("contact", Contacts)),
			required(relation("merged", Contacts)),
			relation("member", Members),
			required(choice("reason", "revealed", "by_hand")),
			hidden(data("moved", 2_000_000)),
			hidden(data("closed", 50_000)),
			hidden(data("learned", 200_000)),
			date("undone"),
		},
		Indexes: []Index{
			{Name: "company_contact", Columns: "company, contact, id"},
			{Name: "contact", Columns: "contact"},
			{Name: "merged", Columns: "merged"},
		},
		Rules: scope.readOnly(),
		Sorts: []Sort{{Filter: "contact = '{contact}'", Order: "-id"}},
	}
}

// contactPhotos are the small pictures that people show of themselves on a channel.
// data is a data: address; it is empty where they show none.
func contactPhotos() Def {
	scope := Scope{Noun: "contacts", Owner: "contact.owner"}

	return Def{
		Name:    ContactPhotos,
		Company: true,
		Scope:   scope,
		Fields: []core.Field{
			required(relation("contact", Contacts)),
			text("data", 100_000),
			hidden(text("picture", 100)), // its id over there
			date("fetched_at"),
		},
		Indexes: []Index{
			{Name: "company_contact", Columns: "company, contact, fetched_at, id"},
			{Name: "contact", Columns: "contact"},
		},
		Rules: scope.readOnly(),
		Sorts: []Sort{{Filter: "contact = '{contact}'", Order: "-fetched_at"}},
	}
}
