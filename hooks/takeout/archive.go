package takeout

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"
	"slices"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"
	"github.com/pocketbase/pocketbase/tools/filesystem"

	"recado/collections"
	"recado/hooks/contacts/table"
)

// left are the collections whose rows are notes of the server's to itself.
var left = []string{collections.IdempotencyKeys, collections.ImportBatches, collections.WebchatVisitors, collections.Exports}

// page is how many rows are read at once.
const page = 500

// archive is one being written.
type archive struct {
	room  *Room
	ctx   context.Context
	row   *core.Record
	out   *zip.Writer
	told  time.Time // when screens last heard how far it is
	done  int
	files []*core.Record
}

// write makes the archive of a row and stores it.
func (r *Room) write(ctx context.Context, row *core.Record) error {
	target, err := os.CreateTemp("", "recado-export-*.zip")
	if err != nil {
		return err
	}
	defer os.Remove(target.Name())
	defer target.Close()

	a := &archive{room: r, ctx: ctx, row: row, out: zip.NewWriter(target)}
	names, err := a.count()
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := a.collection(name); err != nil {
			return err
		}
	}
	if err := a.media(); err != nil {
		return err
	}
	if err := errors.Join(a.out.Close(), target.Sync()); err != nil {
		return err
	}
	size, err := target.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	file, err := filesystem.NewFileFromPath(target.Name())
	if err != nil {
		return err
	}
	file.Name = "export.zip"
	row.Load(map[string]any{"state": "done", "done": row.GetInt("total"), "size": size, "file": file, "due": "", "claimed_until": "", "error": ""})

	return r.app.SaveWithContext(ctx, row)
}

// count says how much there is, and which collections have something.
func (a *archive) count() (names []string, err error) {
	total := 1
	names = append(names, collections.Companies)
	for _, def := range collections.OfCompany() {
		if slices.Contains(left, def.Name) {
			continue
		}
		var rows int
		if err := a.room.app.DB().Select("count(*)").From(def.Name).Where(a.mine(def.Name)).Row(&rows); err != nil {
			return nil, err
		}
		if rows > 0 {
			names = append(names, def.Name)
			total += rows
		}
	}
	a.row.Set("total", total)

	return names, a.room.app.SaveWithContext(a.ctx, a.row)
}

func (a *archive) mine(name string) dbx.Expression {
	company := a.row.GetString("company")
	if name == collections.Companies {
		return dbx.HashExp{"id": company}
	}

	return dbx.HashExp{"company": company}
}

// collection writes the rows of one, twice: once as JSON, once as CSV.
func (a *archive) collection(name string) error {
	file, err := a.out.Create(name + ".json")
	if err != nil {
		return err
	}
	separator := "[\n"
	err = a.rows(name, func(record *core.Record) error {
		raw, err := json.Marshal(shown(record))
		if err == nil {
			_, err = io.WriteString(file, separator+string(raw))
		}
		separator = ",\n"
		if len(filesOf(record)) > 0 {
			a.files = append(a.files, record)
		}

		return err
	})
	if err != nil {
		return err
	}
	if _, err := io.WriteString(file, "\n]\n"); err != nil {
		return err
	}

	if file, err = a.out.Create(name + ".csv"); err != nil {
		return err
	}
	sheet, err := table.NewCSV(file)
	if err != nil {
		return err
	}
	var columns []string
	err = a.rows(name, func(record *core.Record) error {
		if columns == nil {
			columns = fields(record.Collection())
			if err := sheet.Write(columns); err != nil {
				return err
			}
		}
		cells := make([]string, len(columns))
		for i, column := range columns {
			cells[i] = record.GetString(column)
		}
		a.done++

		return errors.Join(sheet.Write(cells), a.tell())
	})

	return errors.Join(err, sheet.Close())
}

// rows reads the rows of a collection in the order of their ids.
func (a *archive) rows(name string, each func(record *core.Record) error) error {
	for last := ""; ; {
		if err := a.ctx.Err(); err != nil {
			return err
		}
		var records []*core.Record
		err := a.room.app.RecordQuery(name).AndWhere(a.mine(name)).AndWhere(dbx.NewExp("id > {:last}", dbx.Params{"last": last})).
			OrderBy("id").Limit(page).All(&records)
		if err != nil || len(records) == 0 {
			return err
		}
		for _, record := range records {
			if err := each(record); err != nil {
				return err
			}
		}
		last = records[len(records)-1].Id
	}
}

// shown is a row without what only the server reads.
func shown(record *core.Record) map[string]any {
	names := fields(record.Collection())
	row := make(map[string]any, len(names))
	for _, name := range names {
		row[name] = record.Get(name)
	}

	return row
}

func fields(collection *core.Collection) (names []string) {
	for _, field := range collection.Fields {
		own := collection.Name == collections.Companies && field.GetName() == "billing" // hidden from members who don't manage it
		if (!field.GetHidden() || own) && field.GetName() != "search" {
			names = append(names, field.GetName())
		}
	}

	return names
}

// withFiles are the collections whose files are part of what a company has.
var withFiles = []string{collections.Companies, collections.Files, collections.QuickReplies}

func filesOf(record *core.Record) (names []string) {
	if !slices.Contains(withFiles, record.Collection().Name) {
		return nil
	}
	for _, field := range record.Collection().Fields {
		if field.Type() == core.FieldTypeFile {
			names = append(names, record.GetStringSlice(field.GetName())...)
		}
	}

	return names
}

// media writes the files: files/<collection>/<id>-<name>.
func (a *archive) media() error {
	storage, err := a.room.app.NewFilesystem()
	if err != nil {
		return err
	}
	defer storage.Close()
	for _, record := range a.files {
		for _, stored := range filesOf(record) {
			if err := a.ctx.Err(); err != nil {
				return err
			}
			name := stored
			if own := record.GetString("name"); record.Collection().Name == collections.Files && own != "" {
				name = path.Base(own)
			}
			content, err := storage.GetReader(record.BaseFilesPath() + "/" + stored)
			if err != nil {
				continue // its bytes are gone; its row says that it was there
			}
			file, err := a.out.Create("files/" + record.Collection().Name + "/" + record.Id + "-" + name)
			if err == nil {
				_, err = io.Copy(file, content)
			}
			_ = content.Close()
			if err != nil {
				return err
			}
			if err := a.tell(); err != nil {
				return err
			}
		}
	}

	return nil
}

// tell stores how far it is, once a second at most, and keeps the claim.
func (a *archive) tell() error {
	now := a.room.deps.Now()
	if now.Sub(a.told) < time.Second {
		return nil
	}
	a.told = now

	return a.room.app.RunInTransaction(func(txApp core.App) error {
		_, err := txApp.DB().Update(collections.Exports, dbx.Params{"done": a.done, "claimed_until": stamp(now.Add(claimFor))}, dbx.HashExp{"id": a.row.Id}).Execute()
		if err != nil {
			return err
		}

		return a.room.deps.Live.Updated(txApp, collections.Exports, a.row.Id)
	})
}
