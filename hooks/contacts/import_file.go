package contacts

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"recado/hooks/apierr"
	"recado/hooks/contacts/table"
)

// What an import takes.
const (
	importMaxBytes = 25 << 20
	importMaxRows  = 200_000
)

var importLimits = table.Limits{Rows: importMaxRows + 1, Columns: 100, Cell: 80_000, Unpacked: 200 << 20}

// readTable reads an uploaded table, whatever its form, into the one form an
// import is kept in: CSV in UTF-8, each row with its number in the original in
// front. headers are the cells of the first row; sample the rows after it.
func readTable(content []byte) (file []byte, headers []string, sample [][]string, total int, err error) {
	var buffer bytes.Buffer
	buffer.Grow(len(content) * 5 / 4) // a CSV comes out a little longer than it is
	out := csv.NewWriter(&buffer)
	err = table.Each(content, importLimits, func(number int, cells []string) error {
		if headers == nil {
			headers = slices.Clone(cells)

			return nil
		}
		if total++; total <= previewRows {
			sample = append(sample, slices.Clone(cells))
		}

		return out.Write(append([]string{strconv.Itoa(number)}, cells...))
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	if err == nil && total == 0 {
		err = table.ErrUnreadable
	}
	for _, row := range sample { // a row may be longer than the headings
		for len(headers) < len(row) {
			headers = append(headers, "")
		}
	}

	return buffer.Bytes(), headers, sample, total, tableError(err)
}

// tableError says it in the words of the API.
func tableError(err error) error {
	refuse := func(code, message string) error {
		return apierr.New(http.StatusBadRequest, code, message, map[string]any{"rows": importMaxRows, "megabytes": importMaxBytes >> 20})
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, table.ErrOldExcel):
		return refuse("import_old_excel", "This is an old Excel file (.xls). Open it and save it as .xlsx or CSV.")
	case errors.Is(err, table.ErrTooMany), errors.Is(err, table.ErrTooWide), errors.Is(err, table.ErrTooLarge):
		return refuse("import_too_large", "The table is too large: up to 200,000 rows, 100 columns and 25 MB are possible. Split it.")
	case errors.Is(err, table.ErrUnreadable):
		return refuse("import_unreadable", "This is not a table with headings and rows. Send a CSV or an XLSX file.")
	default:
		return err
	}
}

// eachRow reads the normalized file.
func eachRow(content io.Reader, row table.Row) error {
	reader := csv.NewReader(content)
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		number, err := strconv.Atoi(cells[0])
		if err != nil {
			return err
		}
		if err := row(number, cells[1:]); err != nil {
			return err
		}
	}
}
