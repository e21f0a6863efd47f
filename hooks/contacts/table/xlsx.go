package table

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A workbook is a zip file of XML parts that name each other (ECMA-376 part 1,
// §18). Of one we need the first sheet and the strings it shares, so it is read
// here: the library that knows all of Excel costs a sixth of the program's size
// and a fifth of its start.

// book is an opened workbook.
type book struct {
	parts   map[string]*zip.File
	left    int64    // bytes that may still be unpacked
	columns int      // no cell may stand beyond
	shared  []string // the strings that cells refer to by number
}

func eachXLSX(content []byte, limits Limits, row Row) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	b := book{parts: map[string]*zip.File{}, left: limits.Unpacked, columns: limits.Columns * 10}
	for _, file := range archive.File {
		b.parts[path.Clean(strings.TrimPrefix(file.Name, "/"))] = file
	}

	main, err := b.related("", "/officeDocument")
	if err != nil {
		return err
	}
	sheet, err := b.firstSheet(main)
	if err != nil {
		return err
	}
	shared, err := b.related(main, "/sharedStrings")
	if err == nil {
		err = b.readShared(shared)
	}
	if err != nil && !errors.Is(err, errNoPart) {
		return err
	}

	return b.rows(sheet, row)
}

// errNoPart: the workbook has no such part.
var errNoPart = fmt.Errorf("%w: a part of the workbook is missing", ErrUnreadable)

// elements goes through a part and calls visit at the start of each element.
// What visit returns that is not of the file's making comes back as it is.
func (b *book) elements(name string, visit func(*xml.Decoder, xml.StartElement) error) error {
	part, ok := b.parts[name]
	if !ok {
		return errNoPart
	}
	file, err := part.Open()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	defer file.Close()

	decoder := xml.NewDecoder(&within{file, &b.left})
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return unreadable(err)
		}
		if start, ok := token.(xml.StartElement); ok {
			if err := visit(decoder, start); err != nil {
				return err
			}
		}
	}
}

func unreadable(err error) error {
	if errors.Is(err, ErrTooLarge) {
		return ErrTooLarge
	}

	return fmt.Errorf("%w: %w", ErrUnreadable, err)
}

// within lets through what is still allowed.
type within struct {
	io.Reader
	left *int64
}

func (w *within) Read(p []byte) (int, error) {
	n, err := w.Reader.Read(p)
	if *w.left -= int64(n); *w.left < 0 {
		return 0, ErrTooLarge
	}

	return n, err
}

// errFound ends the reading of a part early.
var errFound = errors.New("found")

// related finds the part that another one names, by the end of the relation's type.
func (b *book) related(from, kind string) (string, error) {
	return b.relation(from, func(relation xml.StartElement) bool { return strings.HasSuffix(attribute(relation, "Type"), kind) })
}

func (b *book) relation(from string, wanted func(xml.StartElement) bool) (string, error) {
	dir, base := path.Split(from)
	target := ""
	err := b.elements(path.Join(dir, "_rels", base+".rels"), func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "Relationship" || !wanted(e) {
			return nil
		}
		if target = attribute(e, "Target"); strings.HasPrefix(target, "/") {
			target = path.Clean(target[1:])
		} else {
			target = path.Join(dir, target)
		}

		return errFound
	})
	switch {
	case err == nil:
		return "", errNoPart
	case !errors.Is(err, errFound):
		return "", err
	}

	return target, nil
}

func (b *book) firstSheet(main string) (string, error) {
	id := ""
	err := b.elements(main, func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "sheet" {
			return nil
		}
		for _, a := range e.Attr {
			if a.Name.Local == "id" && a.Name.Space != "" {
				id = a.Value
			}
		}

		return errFound
	})
	if err == nil {
		return "", errNoPart
	}
	if !errors.Is(err, errFound) {
		return "", err
	}

	return b.relation(main, func(relation xml.StartElement) bool { return attribute(relation, "Id") == id })
}

func (b *book) readShared(name string) error {
	return b.elements(name, func(decoder *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "si" {
			return nil
		}
		text, err := textOf(decoder, "t")
		b.shared = append(b.shared, text)

		return err
	})
}

// rows reads the sheet. Rows and cells say where they stand; those that don't
// follow the one before.
func (b *book) rows(name string, row Row) error {
	number := 0
	var cells []string

	return b.elements(name, func(decoder *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "row" {
			return nil
		}
		number++
		if said, err := strconv.Atoi(attribute(e, "r")); err == nil {
			number = said
		}
		cells = cells[:0]
		for {
			token, err := decoder.Token()
			if err != nil {
				return unreadable(err)
			}
			switch token := token.(type) {
			case xml.EndElement: // of the row: cells are read to their own
				return row(number, cells)
			case xml.StartElement:
				if token.Name.Local != "c" {
					if err := decoder.Skip(); err != nil {
						return unreadable(err)
					}

					continue
				}
				if cells, err = b.cell(decoder, token, cells); err != nil {
					return err
				}
			}
		}
	})
}

// cell puts a cell where it belongs in its row.
func (b *book) cell(decoder *xml.Decoder, e xml.StartElement, cells []string) ([]string, error) {
	at := len(cells)
	if reference := attribute(e, "r"); reference != "" {
		at = column(reference)
	}
	if at < 0 || at >= b.columns {
		return nil, ErrTooWide
	}
	for at >= len(cells) {
		cells = append(cells, "")
	}

	value := "v"
	if attribute(e, "t") == "inlineStr" {
		value = "t"
	}
	text, err := textOf(decoder, value)
	if err != nil {
		return nil, err
	}
	if attribute(e, "t") == "s" {
		index, err := strconv.Atoi(text)
		if err != nil || index < 0 || index >= len(b.shared) {
			return nil, fmt.Errorf("%w: a cell refers to a text that is not there", ErrUnreadable)
		}
		text = b.shared[index]
	}
	cells[at] = text

	return cells, nil
}

// column is the number, from 0, of the column in a reference such as BC12; -1
// for what is none.
func column(reference string) int {
	n := 0
	for i := range len(reference) {
		letter := reference[i]
		if letter < 'A' || letter > 'Z' {
			break
		}
		if n = n*26 + int(letter-'A') + 1; n > 20_000 { // a sheet has 16,384
			return -1
		}
	}

	return n - 1
}

// textOf reads to the end of the element that has begun and joins the text of
// those named name in it: formatted text comes in several. How a word is
// pronounced (rPh) is no part of it.
func textOf(decoder *xml.Decoder, name string) (string, error) {
	var text strings.Builder
	inside := 0
	for depth := 1; depth > 0; {
		token, err := decoder.Token()
		if err != nil {
			return "", unreadable(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "rPh" {
				if err := decoder.Skip(); err != nil {
					return "", unreadable(err)
				}

				continue
			}
			depth++
			if token.Name.Local == name {
				inside++
			}
		case xml.EndElement:
			depth--
			if token.Name.Local == name {
				inside--
			}
		case xml.CharData:
			if inside > 0 {
				text.Write(token)
			}
		}
	}

	return escaped.ReplaceAllStringFunc(text.String(), func(code string) string {
		value, _ := strconv.ParseUint(code[2:6], 16, 16)

		return string(rune(value))
	}), nil
}

// escaped are characters that XML can't hold (§22.9.2.19): _x000D_ is a line end.
var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

func attribute(e xml.StartElement, name string) string {
	i := slices.IndexFunc(e.Attr, func(a xml.Attr) bool { return a.Name.Local == name })
	if i < 0 {
		return ""
	}

	return e.Attr[i].Value
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

// SerialDate is the day in a cell that a workbook keeps as a number of days. Up to
// the 29th of February 1900, which Excel believes in, they count from another one.
func SerialDate(days float64) (time.Time, error) {
	const last = 2_958_466 // the first day of the year 10000
	if !(days >= 0 && days < last) {
		return time.Time{}, fmt.Errorf("%v is no day", days)
	}
	first := time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)
	if days < 60 {
		first = first.AddDate(0, 0, 1)
	}

	return first.AddDate(0, 0, int(days)).Add(time.Duration((days - float64(int(days))) * float64(24*time.Hour))), nil
}
