package extract

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// A DOCX is a zip file of XML parts (ECMA-376 part 1, §17). Of one we need the
// paragraphs of the document, and from the styles which of them are headings.

const (
	docxBody   = "word/document.xml"
	docxStyles = "word/styles.xml"
)

func docx(content []byte) (Document, error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return Document{}, ErrUnreadable
	}
	left := int64(MostUnpacked)
	headings := map[string]int{}
	err = part(archive, docxStyles, &left, func(decoder *xml.Decoder) error { return readStyles(decoder, headings) })
	if err != nil && !errors.Is(err, errNoPart) {
		return Document{}, err
	}
	w := writer{headings: headings}
	if err := part(archive, docxBody, &left, w.body); err != nil {
		return Document{}, err
	}

	return Document{Text: w.out.String()}, nil
}

// errNoPart: the archive has no such file.
var errNoPart = errors.New("a part of the document is missing")

// part reads one file of an archive, as long as bytes are left.
func part(archive *zip.Reader, name string, left *int64, read func(*xml.Decoder) error) error {
	at := slices.IndexFunc(archive.File, func(f *zip.File) bool { return f.Name == name })
	if at < 0 {
		return errors.Join(ErrUnreadable, errNoPart)
	}
	file, err := archive.File[at].Open()
	if err != nil {
		return ErrUnreadable
	}
	defer file.Close()
	if err := read(xml.NewDecoder(&within{file, left})); err != nil {
		if errors.Is(err, ErrTooLarge) {
			return ErrTooLarge
		}

		return ErrUnreadable
	}

	return nil
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

// readStyles finds the styles that are headings: each language names them in its
// own way, but their names inside are the same.
func readStyles(decoder *xml.Decoder, headings map[string]int) error {
	id := ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "style":
			id = attribute(start, "styleId")
		case "name":
			name := strings.ToLower(attribute(start, "val"))
			if level, err := strconv.Atoi(strings.TrimPrefix(name, "heading ")); err == nil && level >= 1 && level <= 6 {
				headings[id] = level
			} else if name == "title" {
				headings[id] = 1
			}
		}
	}
}

// writer makes text of a document's body.
type writer struct {
	out      strings.Builder
	headings map[string]int // level by style
}

func (w *writer) body(decoder *xml.Decoder) error {
	var line strings.Builder // the paragraph
	level, cells := 0, 0
	text := false
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if w.out.Len()+line.Len() > 4*MostText {
			return ErrTooLarge
		}
		switch token := token.(type) {
		case xml.StartElement:
			switch token.Name.Local {
			case "Fallback", "del", "moveFrom": // said otherwise already, or struck out
				if err := decoder.Skip(); err != nil {
					return err
				}
			case "p":
				level = 0
			case "pStyle":
				level = w.headings[attribute(token, "val")]
			case "t":
				text = true
			case "tc":
				cells++
			case "tab":
				line.WriteByte(' ')
			case "br", "cr":
				line.WriteByte('\n')
			}
		case xml.EndElement:
			switch token.Name.Local {
			case "t":
				text = false
			case "p":
				said := strings.TrimSpace(line.String())
				line.Reset()
				switch {
				case cells > 0:
					w.out.WriteString(said + " ")
				case said != "" && level > 0:
					w.out.WriteString("\n" + strings.Repeat("#", level) + " " + strings.ReplaceAll(said, "\n", " ") + "\n\n")
				default:
					w.out.WriteString(said + "\n\n")
				}
			case "tc":
				cells--
				w.out.WriteString("| ")
			case "tr":
				w.out.WriteString("\n")
			}
		case xml.CharData:
			if text {
				line.Write(token)
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	at := slices.IndexFunc(e.Attr, func(a xml.Attr) bool { return a.Name.Local == name })
	if at < 0 {
		return ""
	}

	return e.Attr[at].Value
}
