package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

var limits = Limits{Rows: 1000, Columns: 20, Cell: 1000, Unpacked: 4 << 20}

func read(content []byte) (rows [][]string, numbers []int, err error) {
	err = Each(content, limits, func(number int, cells []string) error {
		rows, numbers = append(rows, slices.Clone(cells)), append(numbers, number)

		return nil
	})

	return rows, numbers, err
}

func TestCSVAsSpreadsheetsWriteIt(t *testing.T) {
	want := [][]string{{"Nome", "Observação"}, {"João", "diz: \"oi\",\nvolta"}, {"Ana"}}
	plain := "Nome,Observação\r\nJoão,\"diz: \"\"oi\"\",\nvolta\"\r\n\r\n  Ana , \r\n"
	semicolons := "Nome;Observação\nJoão;\"diz: \"\"oi\"\",\nvolta\"\n\nAna;\n"
	windows, _ := charmap.Windows1252.NewEncoder().Bytes([]byte(semicolons))
	utf16, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(strings.ReplaceAll(semicolons, ";", "\t")))

	for name, content := range map[string][]byte{
		"commas": []byte(plain), "mark": []byte("\ufeff" + plain), "semicolons": []byte(semicolons),
		"Windows-1252": windows, "UTF-16 and tabs": utf16, "sep=": []byte("sep=;\n" + semicolons),
	} {
		rows, numbers, err := read(content)
		if err != nil || !reflect.DeepEqual(rows, want) {
			t.Errorf("%s: %q, %v", name, rows, err)
		}
		if len(numbers) != 3 || numbers[1]-numbers[0] != 1 || numbers[2]-numbers[1] != 3 {
			t.Errorf("%s: the rows are numbered %v", name, numbers)
		}
	}
}

func TestAWorkbookIsReadLikeACSV(t *testing.T) {
	rows := [][]string{{"name", "phone", "notes"}, {"João", "+5511987654321", "=1+1\n'quoted _x0041_ <&>"}, {"", "", "x"}}
	for name, open := range map[string]func(*bytes.Buffer) Writer{
		"xlsx": func(b *bytes.Buffer) Writer { w, _ := NewXLSX(b); return w },
		"csv":  func(b *bytes.Buffer) Writer { w, _ := NewCSV(b); return w },
	} {
		var buffer bytes.Buffer
		writer := open(&buffer)
		for _, row := range rows {
			if err := writer.Write(row); err != nil {
				t.Fatal(err)
			}
		}
		if err := writer.Close(); err != nil {
			t.Fatal(err)
		}
		if Format(buffer.Bytes()) != name {
			t.Errorf("%s looks like %q", name, Format(buffer.Bytes()))
		}
		if got, _, err := read(buffer.Bytes()); err != nil || !reflect.DeepEqual(got, rows) {
			t.Errorf("%s: wrote %q, read %q, %v", name, rows, got, err)
		}
	}
	for cell, want := range map[string]string{"5.511987654321E12": "5511987654321", "5511987654321.0": "5511987654321", "1.5": "1.5", "12": "12", "E": "E", "1e400": "1e400"} {
		if got := Whole(cell); got != want {
			t.Errorf("Whole(%s) = %s, want %s", cell, got, want)
		}
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	bomb := workbook(strings.Repeat(" ", 8<<20), "")
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"nothing":   {nil, ErrUnreadable},
		"blank":     {[]byte(" \n\n "), ErrUnreadable},
		"old Excel": {[]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1 and more"), ErrOldExcel},
		"picture":   {[]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), ErrUnreadable},
		"zip bomb":  {bomb, ErrTooLarge},
		"shares":    {workbook("", strings.Repeat("<si><t>x</t></si>", 1<<20)), ErrTooLarge},
		"far cell":  {workbook(`<row><c r="ZZZZ1"><v>1</v></c></row>`, ""), ErrTooWide},
		"negative":  {workbook(`<row><c t="s"><v>-1</v></c></row>`, ""), ErrUnreadable},
		"no string": {workbook(`<row><c t="s"><v>0</v></c></row>`, ""), ErrUnreadable},
		"cut XML":   {workbook(`<row><c><v>1</v></c>`, ""), ErrUnreadable},
		"no book":   {zipped(map[string]string{"readme.txt": "hello"}), ErrUnreadable},
		"cut short": {bomb[:len(bomb)/2], ErrUnreadable},
		"many rows": {[]byte(strings.Repeat("a,b\n", limits.Rows+1)), ErrTooMany},
		"wide":      {[]byte(strings.Repeat("a,", limits.Columns) + "b\n"), ErrTooWide},
		"long cell": {[]byte("a,b\n" + strings.Repeat("x", limits.Cell+1) + ",b\n"), ErrTooLarge},
	} {
		if _, _, err := read(c.content); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// workbook is one as others write it: parts named from the root, text shared.
func workbook(rows, shared string) []byte {
	return zipped(map[string]string{
		"_rels/.rels":            `<Relationships><Relationship Id="a" Type="http://example.com/officeDocument" Target="/xl/book.xml"/></Relationships>`,
		"xl/book.xml":            `<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="One" sheetId="1" r:id="b"/><x:sheet name="Two" sheetId="2" r:id="c"/></x:sheets></x:workbook>`,
		"xl/_rels/book.xml.rels": `<Relationships><Relationship Id="s" Type="x/sharedStrings" Target="strings.xml"/><Relationship Id="b" Type="x/worksheet" Target="sheets/1.xml"/></Relationships>`,
		"xl/strings.xml":         `<sst>` + shared + `</sst>`,
		"xl/sheets/1.xml":        `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`,
	})
}

func TestAWorkbookOfOthers(t *testing.T) {
	rows, numbers, err := read(workbook(
		`<row r="2"><c r="A2" t="s"><v>1</v></c><c r="C2" t="s"><v>0</v></c></row><row><c><f>1+1</f><v>2</v></c><c t="b"><v>1</v></c><c t="str"><v>a</v></c></row>`+
			`<row r="9"><c r="B9" s="4"><v>45000.5</v></c><c t="inlineStr"><is><r><t>in</t></r><r><t xml:space="preserve"> line</t></r></is></c></row>`,
		`<si><r><t>Jo</t></r><r><t>ão</t></r><rPh><t>not this</t></rPh></si><si><t>a_x000A_b &amp; _x005F_x0041_</t></si>`))
	want := [][]string{{"a\nb & _x0041_", "", "João"}, {"2", "1", "a"}, {"", "45000.5", "in line"}}
	if err != nil || !reflect.DeepEqual(rows, want) || !slices.Equal(numbers, []int{2, 3, 9}) {
		t.Errorf("%q, rows %v, %v", rows, numbers, err)
	}

	for days, day := range map[float64]string{1: "1900-01-01T00:00:00Z", 59: "1900-02-28T00:00:00Z", 61: "1900-03-01T00:00:00Z", 45000.5: "2023-03-15T12:00:00Z"} {
		if got, err := SerialDate(days); err != nil || got.Format(time.RFC3339) != day {
			t.Errorf("day %v is %v, %v; want %s", days, got, err, day)
		}
	}
	for _, days := range []float64{-1, 3e6, math.NaN()} {
		if got, err := SerialDate(days); err == nil {
			t.Errorf("day %v is %v", days, got)
		}
	}
}

func zipped(files map[string]string) []byte {
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	for name, content := range files {
		file, _ := writer.Create(name)
		_, _ = file.Write([]byte(content))
	}
	_ = writer.Close()

	return buffer.Bytes()
}

func TestNoCellIsAFormula(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+5511987654321": "+5511987654321", "+1+cmd|' /C calc'!A0": "'+1+cmd|' /C calc'!A0",
		"-2": "'-2", "@SUM(A1)": "'@SUM(A1)", "João": "João", "'=1": "''=1", "'quoted'": "'quoted'",
	} {
		if got := Safe(cell); got != want {
			t.Errorf("Safe(%q) = %q, want %q", cell, got, want)
		}
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("=1+1")
	f.Add("''=")
	f.Fuzz(func(t *testing.T, cell string) {
		safe := Safe(cell)
		if startsFormula(safe) || Unsafe(safe) != cell {
			t.Errorf("Safe(%q) = %q, and back %q", cell, safe, Unsafe(safe))
		}
	})
}

// FuzzEach: whatever a file holds, reading it ends with rows within the limits or
// an error, and what it read reads the same when written as CSV.
func FuzzEach(f *testing.F) {
	f.Add([]byte("name;phone\n\"a\nb\";1\n"))
	f.Add([]byte("\xff\xfea\x00,\x00b\x00"))
	f.Add([]byte("sep=\t\na\tb"))
	f.Add(zipped(map[string]string{"xl/workbook.xml": "<workbook/>"}))
	var book bytes.Buffer
	writer, _ := NewXLSX(&book)
	_ = writer.Write([]string{"name", "phone"})
	_ = writer.Close()
	f.Add(book.Bytes())
	f.Fuzz(func(t *testing.T, content []byte) {
		rows, _, err := read(content)
		if len(rows) > limits.Rows {
			t.Fatalf("%d rows", len(rows))
		}
		if err != nil || len(rows) == 0 {
			return
		}
		var buffer bytes.Buffer
		out, _ := NewCSV(&buffer)
		for _, row := range rows {
			if len(row) > limits.Columns {
				t.Fatalf("%d columns", len(row))
			}
			_ = out.Write(row)
		}
		_ = out.Close()
		if again, _, err := read(buffer.Bytes()); err == nil && fmt.Sprint(again) != fmt.Sprint(rows) && sure(rows) {
			t.Errorf("read %q, written and read again %q", rows, again)
		}
	})
}

// sure leaves out tables whose delimiter can't be told from their first rows.
func sure(rows [][]string) bool {
	for _, row := range rows {
		if len(row) < 2 || strings.ContainsAny(strings.Join(row, ""), delimiters+"\"") {
			return false
		}
	}

	return !strings.HasPrefix(strings.ToLower(rows[0][0]), "sep=")
}
