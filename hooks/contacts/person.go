package contacts

import (
	"archive/zip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/contacts/table"
)

// What a person can ask a company for: everything it knows of them, and that it
// forgets them.

// person finds the contact of the path, for a member who holds the permission and
// whom the rule lets at it.
func (r *Room) person(e *core.RequestEvent, permission string, rule func(*core.Collection) *string) (contact, member *core.Record, err error) {
	member, err = r.deps.Require(e, e.Request.URL.Query().Get("company"), permission)
	if err != nil {
		return nil, nil, err
	}
	info, err := e.RequestInfo()
	if err != nil {
		return nil, nil, err
	}
	contact, err = e.App.FindRecordById(collections.Contacts, e.Request.PathValue("id"))
	if err != nil {
		return nil, nil, apierr.NotFound("contact")
	}
	if ok, err := e.App.CanAccessRecord(contact, info, rule(contact.Collection())); err != nil || !ok {
		return nil, nil, apierr.NotFound("contact")
	}

	return contact, member, nil
}

// erase is POST /api/recado/contacts/{id}/erase: at once and for good. With
// coming appointments it is refused unless confirmed; then they are gone too.
func (r *Room) erase(e *core.RequestEvent) error {
	contact, member, err := r.person(e, "contacts.delete", func(c *core.Collection) *string { return c.UpdateRule })
	if err != nil {
		return err
	}
	if e.Request.URL.Query().Get("confirmed") == "" {
		count, err := r.coming(e.App, contact)
		if err != nil {
			return err
		}
		if count > 0 {
			return apierr.New(http.StatusConflict, "has_appointments",
				"This contact has coming appointments. Cancel them first, or erase it all the same: the appointments are erased too.", map[string]any{"count": count})
		}
	}
	running, err := importing(e.App, contact.GetString("company"))
	if err != nil {
		return err
	}
	if running {
		return apierr.New(http.StatusConflict, "import_running", "An import is running, which may bring the person in again. Erase them when it has ended.", nil)
	}
	if err := r.Erase(e.Request.Context(), contact.Id); err != nil {
		return err
	}
	if err := r.audit(e.App, member, "contact.erased", contact.Id); err != nil {
		return err
	}

	return e.NoContent(http.StatusNoContent)
}

// audit notes what was done with a person, without saying who they are.
func (r *Room) audit(app core.App, member *core.Record, action, contact string) error {
	collection, err := app.FindCachedCollectionByNameOrId(collections.Audit)
	if err != nil {
		return err
	}
	record := core.NewRecord(collection)
	record.Load(map[string]any{
		"company": member.GetString("company"), "actor": member.GetString("user"), "action": action, "collection": collections.Contacts, "record": contact,
	})

	return app.Save(record)
}

// personExport is GET /api/recado/contacts/{id}/export: everything that is known
// of a contact as a ZIP file. Of each collection there are its rows as JSON and as
// CSV, and in files/ what was sent.
func (r *Room) personExport(e *core.RequestEvent) error {
	contact, member, err := r.person(e, "contacts.export", func(c *core.Collection) *string { return c.ViewRule })
	if err != nil {
		return err
	}
	found := map[string][]*core.Record{collections.Contacts: {contact}}
	if err := gather(e.App, collections.Contacts, []string{contact.Id}, found); err != nil {
		return err
	}
	if err := r.audit(e.App, member, "contact.exported", contact.Id); err != nil {
		return err
	}

	table.Attachment(e.Response, "contact-"+contact.Id+".zip", "application/zip")
	out := zip.NewWriter(e.Response)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if err := writeRows(out, name, found[name]); err != nil {
			return err
		}
	}
	if err := writeFiles(e.App, out, found[collections.Files]); err != nil {
		return err
	}

	return out.Close()
}

// gather reads what is owned by rows, as an erase would remove it.
func gather(app core.App, collection string, ids []string, found map[string][]*core.Record) error {
	for batch := range slices.Chunk(ids, eraseBatch) {
		for _, l := range linksTo(collection) {
			if !l.owned {
				continue
			}
			var records []*core.Record
			if err := app.RecordQuery(l.collection).AndWhere(dbx.In(l.field, anys(batch)...)).OrderBy("created", "id").All(&records); err != nil {
				return err
			}
			var fresh []string
			for _, record := range records {
				if !slices.ContainsFunc(found[l.collection], func(other *core.Record) bool { return other.Id == record.Id }) {
					found[l.collection] = append(found[l.collection], record)
					fresh = append(fresh, record.Id)
				}
			}
			if err := gather(app, l.collection, fresh, found); err != nil {
				return err
			}
		}
	}

	return nil
}

// writeRows writes the rows of a collection, without what only the server reads.
func writeRows(out *zip.Writer, name string, records []*core.Record) error {
	rows := make([]map[string]any, len(records))
	for i, record := range records {
		rows[i] = record.PublicExport()
		delete(rows[i], "search")
		delete(rows[i], "collectionId")
		delete(rows[i], "collectionName")
	}
	file, err := out.Create(name + ".json")
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(file)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(rows); err != nil {
		return err
	}

	if file, err = out.Create(name + ".csv"); err != nil {
		return err
	}
	sheet, err := table.NewCSV(file)
	if err != nil {
		return err
	}
	columns := slices.Sorted(maps.Keys(rows[0]))
	if err := sheet.Write(columns); err != nil {
		return err
	}
	for _, record := range records {
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = record.GetString(column)
		}
		if err := sheet.Write(cells); err != nil {
			return err
		}
	}

	return sheet.Close()
}

func writeFiles(app core.App, out *zip.Writer, files []*core.Record) error {
	if len(files) == 0 {
		return nil
	}
	storage, err := app.NewFilesystem()
	if err != nil {
		return err
	}
	defer storage.Close()
	for _, record := range files {
		name := path.Base(record.GetString("name"))
		content, err := storage.GetReader(record.BaseFilesPath() + "/" + record.GetString("file"))
		if err != nil {
			continue // its bytes are gone; its row says that it was there
		}
		file, err := out.Create("files/" + record.Id + "-" + name)
		if err == nil {
			_, err = io.Copy(file, content)
		}
		_ = content.Close()
		if err != nil {
			return err
		}
	}

	return nil
}
