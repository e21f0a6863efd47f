package contacts

import (
	"errors"
	"strconv"

	"github.com/pocketbase/dbx"
	"github.com/pocketbase/pocketbase/core"

	"recado/collections"
	"recado/hooks/apierr"
	"recado/hooks/contacts/table"
	"recado/hooks/texts"
)

// importErrors is GET …/errors: the rows that could not be taken over, as CSV
// with the columns of the file, the number of each row and what is wrong with it.
// Mended, the file can be imported as it is.
func (r *Room) importErrors(e *core.RequestEvent) error {
	record, _, err := r.ownImport(e)
	if err != nil {
		return err
	}
	wrong, err := rowErrors(e.App, record.Id)
	if err != nil {
		return err
	}
	content, err := r.importFile(record)
	if err != nil {
		return apierr.NotFound("file")
	}
	defer content.Close()

	own, err := Fields(e.App, record.GetString("company"))
	if err != nil {
		return err
	}
	labels := map[string]string{}
	for _, field := range own {
		labels[customPrefix+field.Key] = field.Label
	}
	locale := texts.First(e.Request.URL.Query().Get("locale"), e.Auth.GetString("locale"))
	table.Attachment(e.Response, "import-errors.csv", "text/csv; charset=utf-8")
	out, err := table.NewCSV(e.Response)
	if err != nil {
		return err
	}
	headers := record.GetStringSlice("headers")
	head := append([]string{texts.Get(locale, "import.row", nil, nil), texts.Get(locale, "import.error", nil, nil)}, headers...)
	if err := out.Write(head); err != nil {
		return err
	}
	err = eachRow(content, func(row int, cells []string) error {
		if len(wrong) == 0 {
			return errEnough
		}
		problem, ok := wrong[row]
		if !ok {
			return nil
		}
		delete(wrong, row)
		line := append([]string{strconv.Itoa(row), problem.sentence(locale, labels)}, cells...)
		for len(line) < len(head) {
			line = append(line, "")
		}

		return out.Write(line)
	})
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}

	return out.Close()
}

// rowErrors collects the problems of an import from its journal, by row.
func rowErrors(app core.App, id string) (map[int]problem, error) {
	var batches []*core.Record
	if err := app.RecordQuery(collections.ImportBatches).AndWhere(dbx.HashExp{"import": id}).OrderBy("first").All(&batches); err != nil {
		return nil, err
	}
	wrong := map[int]problem{}
	for _, batch := range batches {
		var done journal
		if err := batch.UnmarshalJSONField("entries", &done); err != nil {
			return nil, err
		}
		for _, line := range done.Errors {
			wrong[line.Row] = line.problem
		}
	}

	return wrong, nil
}
