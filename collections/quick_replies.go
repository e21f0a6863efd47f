package collections

import (
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/types"
)

// QuickReplyFiles is how many files a quick reply carries at most.
const QuickReplyFiles = 5

// quickReplies are what a team answers again and again, called up by /shortcut.
// One with an owner is that member's own, one without is shared. text may hold
// variables: {{contact.first_name}}.
func quickReplies() Def {
	scope := Scope{Noun: "inbox", Owner: "owner", OpenToAll: true}
	written := types.Pointer(member + ` && ((@collection.members.id ?= owner && ` + has("inbox.reply") + `) || ` + has("channels.manage") + `)`)

	return Def{
		Name:    QuickReplies,
		Company: true,
		Scope:   scope,
		Fields: []core.Field{
			required(pattern("shortcut", `^[\p{L}\p{N}][\p{L}\p{N}_-]{0,39}$`)),
			text("text", 10_000),
			&core.FileField{Name: "files", MaxSelect: QuickReplyFiles, MaxSize: 100 << 20, Protected: true},
			relation("owner", Members),
		},
		Indexes: []Index{
			{Name: "shortcut", Unique: true, Columns: "company, owner, shortcut"},
			{Name: "company_shortcut", Columns: "company, shortcut, id"},
		},
		Rules: Rules{
			List: scope.rule("view"), View: scope.rule("view"),
			Create: written, Update: written, Delete: written,
		},
		Sorts: []Sort{{Order: "shortcut"}, {Filter: "owner = '' || owner = '{member}'", Order: "shortcut"}},
	}
}
