package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

func eachCSV(content []byte, row Row) error {
	text, err := decode(content)
	if err != nil {
		return err
	}
	text, delimiter := delimited(text)

	reader := newReader(text, delimiter)
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		for i, cell := range cells {
			cells[i] = Clean(Unsafe(Clean(cell)))
		}
		number, _ := reader.FieldPos(0)
		if err := row(number, cells); err != nil {
			return err
		}
	}
}

func newReader(text []byte, delimiter rune) *csv.Reader {
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comma = delimiter
	reader.LazyQuotes = true
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = true

	return reader
}

// decode makes UTF-8 of what spreadsheets write: UTF-8 or UTF-16 with their
// mark, UTF-8 without, else Windows-1252.
func decode(content []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")):
		content = content[3:]
	case bytes.HasPrefix(content, []byte("\xff\xfe")), bytes.HasPrefix(content, []byte("\xfe\xff")):
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(content)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
		}
		content = decoded
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return nil, ErrUnreadable // no table has these; pictures and programs do
	}
	if utf8.Valid(content) {
		return content, nil
	}

	return charmap.Windows1252.NewDecoder().Bytes(content)
}

// delimiters are tried in this order; of equals the first wins.
const delimiters = ",;\t|"

// delimited finds what stands between the cells, by the first rows: the
// delimiter that cuts most of them into most cells of the same number. A first
// line `sep=;`, which Excel understands, decides it and is taken away.
func delimited(text []byte) ([]byte, rune) {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	if sign, ok := strings.CutPrefix(strings.ToLower(strings.TrimRight(string(first), "\r")), "sep="); ok && len(sign) == 1 && strings.Contains(delimiters, sign) {
		return append([]byte("\n"), rest...), rune(sign[0])
	}

	best, most := ',', 0
	for _, delimiter := range delimiters {
		if score := agreement(text, delimiter); score > most {
			best, most = delimiter, score
		}
	}

	return text, best
}

// sampled is how much of a file the delimiter is guessed from.
const (
	sampledRows  = 20
	sampledBytes = 64 << 10
)

// agreement counts the cells of the first row in the rows that have as many.
func agreement(text []byte, delimiter rune) int {
	reader := newReader(text[:min(len(text), sampledBytes)], delimiter)
	width, score := 0, 0
	for range sampledRows {
		cells, err := reader.Read()
		if err != nil {
			break
		}
		if width == 0 {
			width = len(cells)
		}
		if width > 1 && len(cells) == width {
			score += width
		}
	}

	return score
}

// CSVWriter writes a table that Excel, Calc and [Each] read alike: UTF-8 with
// its mark, commas, formula-safe cells.
type CSVWriter struct {
	out *csv.Writer
	row []string
}

// NewCSV writes the mark that tells Excel the text is UTF-8.
func NewCSV(w io.Writer) (*CSVWriter, error) {
	_, err := io.WriteString(w, "\ufeff")

	return &CSVWriter{out: csv.NewWriter(w)}, err
}

// Write writes one row.
func (w *CSVWriter) Write(cells []string) error {
	w.row = w.row[:0]
	for _, cell := range cells {
		w.row = append(w.row, Safe(Clean(cell)))
	}

	return w.out.Write(w.row)
}

// Flush hands what is buffered to the underlying writer.
func (w *CSVWriter) Flush() error {
	w.out.Flush()

	return w.out.Error()
}

// Close ends the table.
func (w *CSVWriter) Close() error { return w.Flush() }
