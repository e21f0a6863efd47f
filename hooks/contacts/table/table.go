// Package table reads the tables people keep their contacts in, CSV as any
// spreadsheet writes it and XLSX, and writes both.
//
// In: the bytes of a file from anyone, limits. Out: its rows as text, with their
// numbers in the file. It knows nothing of contacts, and nothing in a file makes
// it take more than the limits allow.
package table

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
)

// Limits bound what is read of a file.
type Limits struct {
	Rows     int   // that are not blank, the header among them
	Columns  int   // of one row
	Cell     int   // bytes of one cell; what is beyond is an error
	Unpacked int64 // bytes of an XLSX file, unzipped
}

// Errors of [Each]; each may be wrapped.
var (
	ErrUnreadable = errors.New("the file is neither CSV nor XLSX")
	ErrOldExcel   = errors.New("the file is an old Excel workbook (.xls)")
	ErrTooMany    = errors.New("the file has more rows than are allowed")
	ErrTooWide    = errors.New("a row has more columns than are allowed")
	ErrTooLarge   = errors.New("a cell or the unpacked file is larger than allowed")
)

// Row receives a row that is not blank: its number in the file, from 1, and its
// cells, trimmed. The slice is reused for the next row.
type Row func(number int, cells []string) error

// Format tells what the first bytes of a file say it is: csv, xlsx, or "" for
// what is neither.
func Format(content []byte) string {
	switch {
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		return "xlsx"
	case bytes.HasPrefix(content, oleMagic), len(content) == 0:
		return ""
	default:
		return "csv"
	}
}

var oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// Each reads the file row by row. Of a workbook it reads the first sheet. An
// error of row ends it and is returned.
func Each(content []byte, limits Limits, row Row) error {
	guarded := guard(limits, row)

	switch {
	case bytes.HasPrefix(content, oleMagic):
		return ErrOldExcel
	case Format(content) == "xlsx":
		return eachXLSX(content, limits, guarded)
	case len(bytes.TrimSpace(content)) == 0:
		return ErrUnreadable
	default:
		return eachCSV(content, guarded)
	}
}

// guard trims cells, drops blank rows and keeps to the limits.
func guard(limits Limits, row Row) Row {
	rows := 0

	return func(number int, cells []string) error {
		blank := true
		for i, cell := range cells {
			if len(cell) > limits.Cell {
				return ErrTooLarge
			}
			cells[i] = Clean(cell)
			blank = blank && cells[i] == ""
		}
		for len(cells) > 0 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) > limits.Columns {
			return ErrTooWide
		}
		if blank {
			return nil
		}
		if rows++; rows > limits.Rows {
			return ErrTooMany
		}

		return row(number, cells)
	}
}

// Clean takes away what is not meant as text: spaces around it and control
// characters, of line ends the carriage return.
func Clean(cell string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == '\ufeff' {
			return -1
		}

		return r
	}, cell))
}

// Attachment begins an answer that a browser saves as a file.
func Attachment(w http.ResponseWriter, name, kind string) {
	header := w.Header()
	header.Set("Content-Type", kind)
	header.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(http.StatusOK)
}

// Safe keeps a spreadsheet from taking a cell for a formula: what begins like
// one, or like what Safe itself wrote, gets an apostrophe in front.
func Safe(cell string) string {
	if startsFormula(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}

	return cell
}

// Unsafe takes the apostrophe of [Safe] away again.
func Unsafe(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && startsFormula(strings.TrimLeft(rest, "'")) {
		return rest
	}

	return cell
}

// startsFormula: a sign that begins a formula, but not the plus of a phone
// number, which is digits and cannot run.
func startsFormula(cell string) bool {
	if cell == "" {
		return false
	}
	switch cell[0] {
	case '=', '-', '@', '\t', '\r', '|', '%':
		return true
	case '+':
		return strings.Trim(cell[1:], "0123456789 ") != ""
	}

	return false
}

// Writer is a table being written.
type Writer interface {
	Write(cells []string) error
	Flush() error
	Close() error
}
