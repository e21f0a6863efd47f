package collections

import "github.com/pocketbase/pocketbase/core"

// ratings are what customers thought of a conversation that was closed: asked
// once, and answered until expires_at. scale is the highest score: 5 or 10.
// member is whose conversation it was.
func ratings() Def {
	return Def{
		Name:    Ratings,
		Company: true,
		Scope:   messageScope,
		Fields: []core.Field{
			required(relation("conversation", Conversations)),
			required(relation("contact", Contacts)),
			relation("member", Members),
			between("score", 0, 10),
			between("scale", 5, 10),
			text("comment", 2_000),
			required(choice("status", "asked", "answered", "expired")),
			date("expires_at"),
			date("answered_at"),
		},
		Indexes: []Index{
			{Name: "conversation", Unique: true, Columns: "conversation"},
			{Name: "company_created", Columns: "company, created, id"},
			{Name: "company_contact", Columns: "company, contact, created, id"},
			{Name: "report", Columns: "company, answered_at, score, scale, member, conversation", Where: "status = 'answered'"},
			{Name: "asked", Columns: "expires_at", Where: "status = 'asked'"},
		},
		Rules: messageScope.readOnly(),
		Sorts: []Sort{
			{Order: "-created"},
			{Filter: "contact = '{contact}'", Order: "-created"},
		},
	}
}
