package table

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxChars is what a cell of a workbook can hold.
const maxChars = 32_767

// frame are the parts of a workbook of one sheet beside the sheet.
var frame = []struct{ name, content string }{
	{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">` +
		`<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`},
}

// XLSXWriter writes a workbook of one sheet, row by row.
type XLSXWriter struct {
	archive *zip.Writer
	sheet   *bufio.Writer
	next    int
}

// NewXLSX begins a workbook.
func NewXLSX(w io.Writer) (*XLSXWriter, error) {
	archive := zip.NewWriter(w)
	for _, part := range frame {
		file, err := archive.Create(part.name)
		if err == nil {
			_, err = io.WriteString(file, xml.Header+part.content)
		}
		if err != nil {
			return nil, err
		}
	}
	sheet, err := archive.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		return nil, err
	}
	out := &XLSXWriter{archive: archive, sheet: bufio.NewWriter(sheet)}
	_, err = out.sheet.WriteString(xml.Header + `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)

	return out, err
}

// Write writes one row. A cell of a workbook says itself that it is text, so
// none can be taken for a formula.
func (w *XLSXWriter) Write(cells []string) error {
	w.next++
	fmt.Fprintf(w.sheet, `<row r="%d">`, w.next)
	for i, cell := range cells {
		if cell == "" {
			continue
		}
		fmt.Fprintf(w.sheet, `<c r="%s%d" t="inlineStr"><is><t xml:space="preserve">`, letters(i), w.next)
		if err := xml.EscapeText(w.sheet, []byte(printable(truncate(cell)))); err != nil {
			return err
		}
		_, _ = w.sheet.WriteString(`</t></is></c>`)
	}
	_, err := w.sheet.WriteString(`</row>`) // a bufio.Writer remembers its first error

	return err
}

// letters names a column: A, B, … Z, AA.
func letters(column int) string {
	if column < 26 {
		return string(rune('A' + column))
	}

	return letters(column/26-1) + string(rune('A'+column%26))
}

// printable writes what XML can't hold, and what would be read as that, by code.
func printable(cell string) string {
	cell = escaped.ReplaceAllString(cell, "_x005F$0")

	var text strings.Builder
	for _, r := range cell {
		if r < ' ' && r != '\n' && r != '\t' {
			text.WriteString("_x" + strings.ToUpper(strconv.FormatInt(0x10000+int64(r), 16)[1:]) + "_")
		} else {
			text.WriteRune(r)
		}
	}

	return text.String()
}

// truncate keeps a cell within what a workbook can hold.
func truncate(cell string) string {
	if len(cell) <= maxChars {
		return cell
	}
	if runes := []rune(cell); len(runes) > maxChars {
		return string(runes[:maxChars])
	}

	return cell
}

// Flush lets go of the rows so far, as whole blocks of the zip file.
func (w *XLSXWriter) Flush() error { return w.sheet.Flush() }

// Close ends the workbook.
func (w *XLSXWriter) Close() error {
	_, _ = w.sheet.WriteString(`</sheetData></worksheet>`)
	if err := w.sheet.Flush(); err != nil {
		return err
	}

	return w.archive.Close()
}
