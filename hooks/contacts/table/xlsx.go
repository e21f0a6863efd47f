package table

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// inMemory is how much of an XLSX part the library keeps in memory before it
// goes through a temporary file.
const inMemory = 16 << 20

func eachXLSX(content []byte, limits Limits, row Row) (err error) {
	defer func() {
		if cause := recover(); cause != nil { // a library that trips over a hostile file
			err = fmt.Errorf("%w: %v", ErrUnreadable, cause)
		}
	}()

	book, err := excelize.OpenReader(bytes.NewReader(content), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: limits.Unpacked, UnzipXMLSizeLimit: min(inMemory, limits.Unpacked),
	})
	if err != nil {
		if strings.Contains(err.Error(), "unzip size exceeds") {
			return ErrTooLarge
		}

		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	defer book.Close()

	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return ErrUnreadable
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	defer rows.Close()

	for number := 1; rows.Next(); number++ {
		cells, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		if len(cells) > limits.Columns*10 { // before their cells are looked at
			return ErrTooWide
		}
		if err := row(number, cells); err != nil {
			return err
		}
	}
	if err := rows.Error(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}

	return nil
}

// Whole writes a number that a workbook keeps as 5.511987654321E12 as its digits:
// phone numbers typed into a cell are numbers.
func Whole(cell string) string {
	if !strings.ContainsAny(cell, "eE.") || len(cell) > 30 || strings.Trim(cell, "0123456789.eE+-") != "" {
		return cell
	}
	value, err := strconv.ParseFloat(cell, 64)
	if err != nil || value != float64(int64(value)) || value < 0 || value > 1e15 || !strings.ContainsAny(cell, "eE") && !strings.HasSuffix(cell, ".0") {
		return cell
	}

	return strconv.FormatInt(int64(value), 10)
}

// SerialDate is the day in a cell that a workbook keeps as a number of days.
func SerialDate(days float64) (time.Time, error) {
	return excelize.ExcelDateToTime(days, false)
}

// XLSXWriter writes a workbook of one sheet. Beyond some megabytes it goes
// through a temporary file, so a long table takes little memory.
type XLSXWriter struct {
	to   io.Writer
	book *excelize.File
	rows *excelize.StreamWriter
	next int
	row  []any
}

// NewXLSX begins a workbook. Nothing is written before Close.
func NewXLSX(w io.Writer) (*XLSXWriter, error) {
	book := excelize.NewFile()
	rows, err := book.NewStreamWriter("Sheet1")

	return &XLSXWriter{to: w, book: book, rows: rows}, err
}

// Write writes one row. A cell of a workbook says itself that it is text, so
// none can be taken for a formula.
func (w *XLSXWriter) Write(cells []string) error {
	w.next++
	w.row = w.row[:0]
	for _, cell := range cells {
		w.row = append(w.row, truncate(cell))
	}

	return w.rows.SetRow("A"+strconv.Itoa(w.next), w.row)
}

// truncate keeps a cell within what a workbook can hold.
func truncate(cell string) string {
	if len(cell) <= excelize.TotalCellChars {
		return cell
	}
	if runes := []rune(cell); len(runes) > excelize.TotalCellChars {
		return string(runes[:excelize.TotalCellChars])
	}

	return cell
}

// Flush does nothing: a workbook is written as a whole.
func (w *XLSXWriter) Flush() error { return nil }

// Close writes the workbook.
func (w *XLSXWriter) Close() error {
	defer w.book.Close()
	if err := w.rows.Flush(); err != nil {
		return err
	}

	return w.book.Write(w.to)
}
