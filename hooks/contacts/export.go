package contacts

import (
	"cmp"
	"strings"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/contacts/table"
)

// exportedColumns are the columns of an export. Their headings are the names an
// import knows them by, so that what was exported can be imported again.
func exportedColumns(own []Field, notes bool) []string {
	columns := []string{"id"}
	for _, field := range imported {
		if field != "custom" && (notes || field != "notes") {
			columns = append(columns, field)
		}
	}
	for _, field := range own {
		columns = append(columns, customPrefix+field.Key)
	}

	return append(columns, "created")
}

// exportPage is how many contacts one query reads.
const exportPage = 500

// export is GET /api/recado/contacts/export: the contacts of the list with the
// same filter, by the same rule, as CSV or XLSX, with the notes or without
// (notes=1, 0). Where nothing is said it is as the person prefers it. It needs
// contacts.export. Rows are written as they are read.
func (r *Room) export(e *core.RequestEvent) error {
	query := e.Request.URL.Query()
	me, err := r.deps.Require(e, query.Get("company"), "contacts.export")
	if err != nil {
		return err
	}
	info, err := e.RequestInfo()
	if err != nil {
		return err
	}
	filter := query.Get("filter")
	if filter == "" {
		filter = "deleted = ''"
	}
	find := func() (*dbx.SelectQuery, error) { return matching(e.App, info, collections.Contacts, filter) }
	if _, err := find(); err != nil {
		return err
	}
	spelt, err := r.spellings(e.App, me.GetString("company"))
	if err != nil {
		return err
	}

	own, err := Fields(e.App, me.GetString("company"))
	if err != nil {
		return err
	}
	format, notes := r.exportOf(e)
	columns := exportedColumns(own, notes)

	var out table.Writer
	switch format {
	case "csv":
		table.Attachment(e.Response, "contacts.csv", "text/csv; charset=utf-8")
		out, err = table.NewCSV(e.Response)
	case "xlsx":
		table.Attachment(e.Response, "contacts.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		out, err = table.NewXLSX(e.Response)
	default:
		return apierr.Invalid("format", "The format is csv or xlsx.")
	}
	if err != nil {
		return err
	}
	if err := out.Write(columns); err != nil {
		return err
	}

	err = eachContact(find, func(record *core.Record) error { return out.Write(spelt.row(record, columns)) }, func() error {
		if err := out.Flush(); err != nil {
			return err
		}

		return e.Flush()
	})
	if err != nil {
		return err
	}

	return out.Close()
}

// exportOf is what is asked for, else what the person prefers.
func (r *Room) exportOf(e *core.RequestEvent) (format string, notes bool) {
	format, notes = "csv", true
	if r.deps.Export != nil {
		format, notes = r.deps.Export(e.Auth)
	}
	query := e.Request.URL.Query()
	if said := query.Get("notes"); said != "" {
		notes = said != "0"
	}

	return cmp.Or(query.Get("format"), format), notes
}

// eachContact reads the contacts of a query page by page, oldest first, by
// (created, id): no page is longer to find than the one before.
func eachContact(find func() (*dbx.SelectQuery, error), row func(*core.Record) error, page func() error) error {
	var created, id string
	for {
		var records []*core.Record
		query, err := find()
		if err != nil {
			return err
		}
		query.OrderBy("contacts.created", "contacts.id").Limit(exportPage)
		if id != "" {
			query.AndWhere(dbx.NewExp("(contacts.created, contacts.id) > ({:created}, {:id})", dbx.Params{"created": created, "id": id}))
		}
		if err := query.All(&records); err != nil {
			return err
		}
		for _, record := range records {
			if err := row(record); err != nil {
				return err
			}
		}
		if err := page(); err != nil {
			return err
		}
		if len(records) < exportPage {
			return nil
		}
		last := records[len(records)-1]
		created, id = last.GetString("created"), last.Id
	}
}

// spellings are what ids are written as.
type spellings struct {
	owners map[string]string // e-mail by member
	tags   map[string]string // name by tag
}

func (r *Room) spellings(app core.App, company string) (spellings, error) {
	members, err := app.FindAllRecords(collections.Members, dbx.HashExp{"company": company})
	if err != nil {
		return spellings{}, err
	}
	tags, err := app.FindAllRecords(collections.Tags, dbx.HashExp{"company": company})
	if err != nil {
		return spellings{}, err
	}
	w := spellings{owners: map[string]string{}, tags: map[string]string{}}
	for _, tag := range tags {
		w.tags[tag.Id] = tag.GetString("name")
	}
	for _, member := range members {
		w.owners[member.Id] = member.GetString("email")
	}

	return w, nil
}

func (w spellings) row(record *core.Record, columns []string) []string {
	custom, _ := customOf(record)
	cells := make([]string, len(columns))
	for i, field := range columns {
		if key, ok := strings.CutPrefix(field, customPrefix); ok {
			cells[i] = customCell(custom[key])

			continue
		}
		switch field {
		case "owner":
			cells[i] = w.owners[record.GetString("owner")]
		case "tags":
			var names []string
			for _, id := range record.GetStringSlice("tags") {
				names = append(names, w.tags[id])
			}
			cells[i] = strings.Join(names, "; ")
			if len(names) == 1 && strings.Contains(cells[i], ",") {
				cells[i] += ";" // one tag with a comma in it
			}
		default:
			cells[i] = record.GetString(field)
		}
	}

	return cells
}
