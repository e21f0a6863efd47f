package collections

import "github.com/pocketbase/pocketbase/core"

// imports are tables of contacts being taken over, and jobs: a row whose `due` is
// set has work left, claimed until claimed_until. mapping names a field of the
// contact for each column; headers are those of the file. The file is kept as
// CSV, each row with its number in the original in front.
func imports() Def {
	return Def{
		Name:    Imports,
		Company: true,
		TimeIDs: true,
		Fields: []core.Field{
			required(relation("member", Members)),
			text("name", 255),
			choice("format", "csv", "xlsx"),
			hidden(&core.FileField{Name: "file", MaxSelect: 1, MaxSize: 100 << 20, Protected: true}),
			required(choice("state", "draft", "queued", "running", "done", "cancelled", "failed", "undoing", "undone")),
			choice("mode", "skip", "update", "create"),
			data("headers", 100_000),
			data("mapping", 20_000),
			data("sample", 300_000), // the first rows, while it is a draft
			number("total"),         // rows of the file
			number("done"),          // rows that were looked at
			number("added"),         // contacts made
			number("changed"),       // contacts changed
			number("skipped"),       // rows that changed nothing
			number("failed"),        // rows with an error
			number("reverted"),      // contacts that undoing removed or put back
			number("kept"),          // contacts that undoing left, because they were changed or used since
			text("error", 1_000),
			hidden(date("due")),
			hidden(date("claimed_until")),
			hidden(number("attempts")),
			hidden(data("handed", 5_000)), // {member who left: who took over}
		},
		Indexes: []Index{
			{Name: "company_created", Columns: "company, created, id"},
			{Name: "due", Columns: "due", Where: "due != ''"},
			{Name: "created", Columns: "created"},
		},
		Rules: Rules{List: can("contacts.import"), View: can("contacts.import")},
		Sorts: []Sort{{Order: "-created"}},
	}
}

// importBatches are the journal of an import: what each transaction did, so that
// it can be undone and its errors be told. entries: {created: [ids], changed:
// [{id, before: {field: value}}], errors: [{row, field, error}]}; stamp: the
// `updated` it gave to the contacts it wrote.
func importBatches() Def {
	return Def{
		Name:    ImportBatches,
		Company: true,
		TimeIDs: true,
		Fields: []core.Field{
			&core.RelationField{Name: "import", CollectionId: ID(Imports), MaxSelect: 1, Required: true, CascadeDelete: true},
			number("first"),
			text("stamp", 30),
			data("entries", 5_000_000),
			flag("undone"),
		},
		Indexes: []Index{
			{Name: "import", Columns: "import, first"},
			{Name: "company_import", Columns: "company, import, created, id"},
		},
	}
}

// exports are archives of everything a company has, and jobs: a row whose `due` is
// set has work left, claimed until claimed_until. total and done count rows and
// files, size is in bytes.
func exports() Def {
	return Def{
		Name:    Exports,
		Company: true,
		Fields: []core.Field{
			required(relation("member", Members)),
			required(choice("state", "queued", "running", "done", "failed")),
			number("total"),
			number("done"),
			number("size"),
			text("error", 1_000),
			hidden(&core.FileField{Name: "file", MaxSelect: 1, MaxSize: 1 << 40, Protected: true}),
			hidden(date("due")),
			hidden(date("claimed_until")),
			hidden(number("attempts")),
		},
		Indexes: []Index{
			{Name: "company_created", Columns: "company, created, id"},
			{Name: "due", Columns: "due", Where: "due != ''"},
			{Name: "created", Columns: "created"},
		},
		Rules: Rules{List: can("company.manage"), View: can("company.manage")},
		Sorts: []Sort{{Order: "-created"}},
	}
}
