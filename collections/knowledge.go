package collections

import "github.com/pocketbase/pocketbase/core"

// knowledge is what agents look things up in: pages written here, files, and web
// addresses. A row is a job: one whose `due` has come is read (again), claimed until
// claimed_until. What was read is kept in pieces, outside of the collections; those
// of the row's generation are the ones that are found. problem says why reading
// failed: unreadable, old, locked, empty, too_large, slow, full, unreachable,
// forbidden, refused, gone, not_text, broken.
func knowledge() Def {
	return Def{
		Name:    Knowledge,
		Company: true,
		Fields: []core.Field{
			required(choice("kind", "page", "file", "address")),
			text("title", 200),
			text("text", 100_000),
			&core.FileField{Name: "file", MaxSelect: 1, MaxSize: 100 << 20, Protected: true},
			text("name", 255),
			text("url", 2_000),
			choice("state", "waiting", "reading", "ready", "failed"),
			text("problem", 40),
			number("size"),
			number("letters"),
			number("pieces"),
			number("total"),
			number("vectors"),
			date("read_at"),
			date("due"),
			hidden(date("claimed_until")),
			hidden(number("attempts")),
			hidden(number("generation")),
			hidden(text("hash", 64)),
		},
		Indexes: []Index{
			{Name: "company_title", Columns: "company, title, id"},
			{Name: "due", Columns: "due", Where: "due != ''"},
		},
		Rules: ownedBy("agents.manage"),
		Sorts: []Sort{{Order: "title,id"}},
	}
}
