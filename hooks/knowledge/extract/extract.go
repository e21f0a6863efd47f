// Package extract reads the text out of the files and pages a company knows things
// from: PDF, DOCX, HTML, CSV, Markdown and plain text.
//
// In: bytes of anyone's making. Out: their text, with headings as lines that begin
// with #, or an error that says why there is none. It is pure. A document can be made
// to hurt whoever reads it: [Process] does so in a process that can be ended.
package extract

import (
	"bytes"
	"errors"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"recado/hooks/contacts/table"
)

// Document is what was read.
type Document struct {
	Title string // what the document calls itself, or ""
	Text  string
}

// Kinds of documents.
const (
	PDF      = "pdf"
	DOCX     = "docx"
	HTML     = "html"
	CSV      = "csv"
	Markdown = "md"
	Plain    = "txt"
)

// Limits of one document.
const (
	MostUnpacked = 64 << 20  // bytes of a DOCX, unzipped
	MostText     = 2_000_000 // characters
)

// Errors of this package; each may be wrapped.
var (
	ErrUnreadable = errors.New("the document cannot be read")
	ErrOld        = errors.New("the document is of an old kind (.doc, .xls)")
	ErrLocked     = errors.New("the document is locked by a password")
	ErrEmpty      = errors.New("there is no text in the document")
	ErrTooLarge   = errors.New("there is more text in the document than is allowed")
	ErrSlow       = errors.New("reading the document takes too long")
)

var oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

// KindOf tells what a file is: by its bytes where they say it, else by the end of
// its name.
func KindOf(name string, content []byte) (string, error) {
	extension := strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".")
	switch {
	case bytes.Contains(content[:min(len(content), 1024)], []byte("%PDF-")):
		return PDF, nil
	case bytes.HasPrefix(content, []byte("PK\x03\x04")):
		if extension == "xlsx" {
			return CSV, nil
		}

		return DOCX, nil
	case bytes.HasPrefix(content, oleMagic):
		return "", ErrOld
	}
	switch extension {
	case "htm", "html":
		return HTML, nil
	case "csv", "tsv":
		return CSV, nil
	case "md", "markdown":
		return Markdown, nil
	default:
		return Plain, nil
	}
}

// Read reads a document of a kind.
func Read(kind string, content []byte) (doc Document, err error) {
	switch kind {
	case PDF:
		doc, err = readPDF(content)
	case DOCX:
		doc, err = docx(content)
	case HTML:
		doc, err = page(content)
	case CSV:
		doc, err = sheet(content)
	default:
		doc.Text, err = decode(content)
	}
	if err != nil {
		return Document{}, err
	}
	doc.Text, doc.Title = tidy(doc.Text), strings.Join(strings.Fields(tidy(doc.Title)), " ")
	switch {
	case doc.Text == "":
		return Document{}, ErrEmpty
	case utf8.RuneCountInString(doc.Text) > MostText:
		return Document{}, ErrTooLarge
	}

	return doc, nil
}

// decode makes text of bytes: UTF-8 or UTF-16 with their mark, UTF-8 without, else
// Windows-1252.
func decode(content []byte) (string, error) {
	switch {
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")):
		content = content[3:]
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(content)
		if err != nil {
			return "", ErrUnreadable
		}
		content = decoded
	}
	if bytes.IndexByte(content, 0) >= 0 { // no text has these; pictures and programs do
		return "", ErrUnreadable
	}
	if utf8.Valid(content) {
		return string(content), nil
	}
	decoded, err := charmap.Windows1252.NewDecoder().Bytes(content)

	return string(decoded), err
}

// tidy leaves no control characters, no spaces at the ends of lines and no more than
// one empty line at a time.
func tidy(text string) string {
	var out strings.Builder
	empty := 1
	for line := range strings.SplitSeq(strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n"), "\n") {
		line = strings.TrimRight(table.Clean(strings.ReplaceAll(line, "\r", "")), " \t\u00a0")
		if line == "" {
			empty++
		} else {
			empty = 0
		}
		if empty < 2 {
			out.WriteString(line)
			out.WriteByte('\n')
		}
	}

	return strings.TrimSpace(out.String())
}

// sheet writes each row of a table as its cells with their headings, so that it can
// be understood alone.
func sheet(content []byte) (Document, error) {
	var out strings.Builder
	var headings []string
	limits := table.Limits{Rows: 50_000, Columns: 200, Cell: 50_000, Unpacked: MostUnpacked}
	err := table.Each(content, limits, func(_ int, cells []string) error {
		if headings == nil {
			headings = append([]string{}, cells...)

			return nil
		}
		for i, cell := range cells {
			if cell == "" {
				continue
			}
			if i < len(headings) && headings[i] != "" {
				out.WriteString(headings[i] + ": ")
			}
			out.WriteString(strings.ReplaceAll(cell, "\n", " ") + "; ")
		}
		out.WriteString("\n\n")
		if out.Len() > 4*MostText {
			return table.ErrTooLarge
		}

		return nil
	})
	switch {
	case errors.Is(err, table.ErrTooLarge), errors.Is(err, table.ErrTooMany), errors.Is(err, table.ErrTooWide):
		return Document{}, ErrTooLarge
	case errors.Is(err, table.ErrOldExcel):
		return Document{}, ErrOld
	case err != nil:
		return Document{}, ErrUnreadable
	}
	if out.Len() == 0 {
		return Document{Text: strings.Join(headings, "; ")}, nil
	}

	return Document{Text: out.String()}, nil
}
