package contacts

import (
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/apis"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"
	"github.com/pocketbase/pocketbase/tools/router"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/contacts/table"
)

// previewRows are the rows a preview shows.
const previewRows = 20

func (r *Room) tableRoutes(root *router.Router[*core.RequestEvent]) {
	group := root.Group("/api/recado/contacts")
	group.GET("/export", r.export)
	group.POST("/import", r.importUpload).Bind(apis.BodyLimit(importMaxBytes + 1<<20))
	group.POST("/import/{id}/preview", r.importPreview)
	group.POST("/import/{id}/start", r.importStart)
	group.POST("/import/{id}/cancel", r.importCancel)
	group.POST("/import/{id}/undo", r.importUndo)
	group.GET("/import/{id}/errors", r.importErrors)
}

// importUpload is POST /api/recado/contacts/import: the file, read and kept as a
// draft, with a guess of what its columns are.
func (r *Room) importUpload(e *core.RequestEvent) error {
	me, err := r.deps.Require(e, e.Request.URL.Query().Get("company"), "contacts.import")
	if err != nil {
		return err
	}
	uploads, err := e.FindUploadedFiles("file")
	if err != nil || len(uploads) != 1 {
		return apierr.Invalid("file", "Send one CSV or XLSX file as the form field file.")
	}
	content, err := readUpload(uploads[0])
	if err != nil {
		return err
	}
	own, err := Fields(e.App, me.GetString("company"))
	if err != nil {
		return err
	}
	kept, headers, sample, total, err := readTable(content)
	if err != nil {
		return err
	}
	file, err := filesystem.NewFileFromBytes(kept, "table.csv")
	if err != nil {
		return err
	}

	collection, err := e.App.FindCachedCollectionByNameOrId(collections.Imports)
	if err != nil {
		return err
	}
	record := core.NewRecord(collection)
	record.Load(map[string]any{
		"company": me.GetString("company"), "member": me.Id, "name": uploads[0].OriginalName, "format": table.Format(content),
		"state": "draft", "mode": "update", "headers": headers, "mapping": GuessMapping(headers, sample, own), "total": total, "sample": shorten(sample),
	})
	record.Set("file", file)
	if err := e.App.Save(record); err != nil {
		return err
	}

	return e.JSON(http.StatusOK, map[string]any{"import": record.PublicExport(), "targets": targetNames(own)})
}

// shorten keeps as much of the first rows as tells the columns apart.
func shorten(sample [][]string) [][]string {
	short := make([][]string, 0, 3)
	for _, row := range sample[:min(3, len(sample))] {
		cells := make([]string, len(row))
		for i, cell := range row {
			if runes := []rune(cell); len(runes) > 60 {
				cell = string(runes[:60]) + "…"
			}
			cells[i] = cell
		}
		short = append(short, cells)
	}

	return short
}

func readUpload(upload *filesystem.File) ([]byte, error) {
	if upload.Size > importMaxBytes {
		return nil, tableError(table.ErrTooLarge)
	}
	content, err := upload.Reader.Open()
	if err != nil {
		return nil, err
	}
	defer content.Close()
	file := make([]byte, upload.Size)
	_, err = io.ReadFull(content, file)

	return file, err
}

// ownImport finds an import of the company for one who may import.
func (r *Room) ownImport(e *core.RequestEvent) (record, me *core.Record, err error) {
	me, err = r.deps.Require(e, e.Request.URL.Query().Get("company"), "contacts.import")
	if err != nil {
		return nil, nil, err
	}
	record, err = e.App.FindFirstRecordByFilter(collections.Imports, "id = {:id} && company = {:company}",
		dbx.Params{"id": e.Request.PathValue("id"), "company": me.GetString("company")})
	if err != nil {
		return nil, nil, apierr.NotFound("import")
	}

	return record, me, nil
}

// importForm is what preview and start are told.
type importForm struct {
	Mapping []string `json:"mapping"`
	Mode    string   `json:"mode"`
}

func readImportForm(e *core.RequestEvent, record *core.Record) (importForm, error) {
	form := importForm{}
	own, err := Fields(e.App, record.GetString("company"))
	if err != nil {
		return form, err
	}
	known := targetNames(own)
	if err := e.BindBody(&form); err != nil {
		return form, apierr.Invalid("mapping", `Send {"mapping": [a field or "" for each column], "mode": "skip", "update" or "create"}.`)
	}
	if !slices.Contains([]string{"skip", "update", "create"}, form.Mode) {
		return form, apierr.Invalid("mode", "The mode is skip, update or create.")
	}
	seen := map[string]bool{}
	for _, target := range form.Mapping {
		if target != "" && (!slices.Contains(known, target) || seen[target]) {
			return form, apierr.Invalid("mapping", "Each column becomes another field of the contact, or none.")
		}
		seen[target] = true
	}
	if len(form.Mapping) > len(record.GetStringSlice("headers")) {
		return form, apierr.Invalid("mapping", "There are fewer columns than that in the file.")
	}
	if !seen["name"] && !seen["first_name"] && !seen["last_name"] && !seen["phone"] && !seen["email"] && !seen["id"] {
		return form, apierr.New(http.StatusBadRequest, "import_nobody", "Say which column holds the name, the phone or the e-mail.", nil)
	}

	return form, nil
}

// previewRow says what would become of a row.
type previewRow struct {
	Row     int      `json:"row"`
	Outcome string   `json:"outcome"`
	Values  values   `json:"values,omitempty"`
	Name    string   `json:"name,omitempty"` // of the contact that is there already
	Error   *problem `json:"error,omitempty"`
}

// errEnough ends reading early.
var errEnough = errors.New("enough rows")

// importPreview is POST …/preview: what the first rows would do. It writes nothing.
func (r *Room) importPreview(e *core.RequestEvent) error {
	record, me, err := r.ownImport(e)
	if err != nil {
		return err
	}
	form, err := readImportForm(e, record)
	if err != nil {
		return err
	}
	company := me.GetString("company")
	reading, err := newReading(e.App, company, form.Mapping)
	if err != nil {
		return err
	}
	may, _, err := reach(e.App, company, me.Id)
	if err != nil {
		return err
	}
	content, err := r.importFile(record)
	if err != nil {
		return err
	}
	defer content.Close()

	var batch []numbered
	err = eachRow(content, func(row int, cells []string) error {
		read, problem := reading.read(cells)
		if batch = append(batch, numbered{row, read, problem}); len(batch) == previewRows {
			return errEnough
		}

		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	known, err := findPeople(e.App, company, form.Mode, batch)
	if err != nil {
		return err
	}
	heir, err := heirs(e.App, company, record.Id)
	if err != nil {
		return err
	}

	rows := make([]previewRow, 0, len(batch))
	for _, row := range batch {
		line := previewRow{Row: row.row, Outcome: outcomeError, Error: row.problem, Values: row.values}
		if row.problem == nil {
			var who *person
			read := maps.Clone(row.values)
			if read["owner"] != "" {
				read["owner"] = heir(read["owner"])
			}
			if read["tags"], err = reading.tagIDs(read["tags"], func(name string) (string, error) { return "new:" + name, nil }); err != nil {
				return err
			}
			line.Outcome, who, line.Error = known.plan(read, form.Mode, may, core.GenerateDefaultRandomId)
			if who != nil && !who.fresh && may(who.values["owner"]) {
				line.Name = who.values["name"]
			}
		}
		rows = append(rows, line)
	}

	return e.JSON(http.StatusOK, map[string]any{"rows": rows})
}

// importStart is POST …/start: the draft becomes a job.
func (r *Room) importStart(e *core.RequestEvent) error {
	record, me, err := r.ownImport(e)
	if err != nil {
		return err
	}
	form, err := readImportForm(e, record)
	if err != nil {
		return err
	}

	return r.moveImport(e, record, []string{"draft"}, map[string]any{
		"state": "queued", "mapping": form.Mapping, "mode": form.Mode, "member": me.Id, "sample": nil, "due": stamp(r.deps.Now()),
	})
}

// importCancel is POST …/cancel: what is done stays, and can be undone.
func (r *Room) importCancel(e *core.RequestEvent) error {
	record, _, err := r.ownImport(e)
	if err != nil {
		return err
	}

	return r.moveImport(e, record, []string{"queued", "running"}, map[string]any{"state": "cancelled", "due": "", "claimed_until": ""})
}

// importUndo is POST …/undo: what was made is removed, what was changed put back.
func (r *Room) importUndo(e *core.RequestEvent) error {
	record, _, err := r.ownImport(e)
	if err != nil {
		return err
	}

	return r.moveImport(e, record, []string{"done", "cancelled", "failed"}, map[string]any{
		"state": "undoing", "due": stamp(r.deps.Now()), "claimed_until": "", "attempts": 0, "error": "",
	})
}

// moveImport changes the state of an import that is in one of the given ones.
func (r *Room) moveImport(e *core.RequestEvent, record *core.Record, from []string, fields map[string]any) error {
	err := e.App.RunInTransaction(func(txApp core.App) error {
		fresh, err := txApp.FindRecordById(collections.Imports, record.Id)
		if err != nil {
			return err
		}
		if !slices.Contains(from, fresh.GetString("state")) {
			return apierr.New(http.StatusConflict, "import_state", "The import is not in a state for that. Look at it again.",
				map[string]any{"state": fresh.GetString("state")})
		}
		fresh.Load(fields)
		fresh.IgnoreUnchangedFields(true)
		record = fresh

		return txApp.Save(fresh)
	})
	if err != nil {
		return err
	}
	r.imports.wake()

	return e.JSON(http.StatusOK, record.PublicExport())
}
