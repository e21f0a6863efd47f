package extract

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/ledongthuc/pdf"
)

// The library reads any PDF, also one made to hurt: it may then go round in circles,
// ask for memory without end, or break off for good. In a process that can't be ended
// it has no place, see process.go.

// mostPages bounds a document; one of more is more than anybody looks up.
const mostPages = 2_000

// readPDF reads the text of a document, page by page.
func readPDF(content []byte) (doc Document, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("%w: %v", ErrUnreadable, broken)
		}
	}()
	content = whole(content)
	reader, err := pdf.NewReader(bytes.NewReader(content), int64(len(content)))
	if errors.Is(err, pdf.ErrInvalidPassword) || err != nil && strings.Contains(err.Error(), "encrypt") {
		return doc, ErrLocked
	}
	if err != nil {
		return doc, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}

	var out strings.Builder
	broken := 0
	pages := min(reader.NumPage(), mostPages)
	for number := 1; number <= pages && out.Len() < 4*MostText; number++ {
		text, err := pageText(reader.Page(number))
		if err != nil {
			broken++ // the others may be fine
		}
		out.WriteString(text + "\n\n")
	}
	doc.Text = out.String()
	doc.Title = reader.Trailer().Key("Info").Key("Title").Text()
	if strings.TrimSpace(doc.Text) == "" && broken > 0 {
		return doc, ErrUnreadable
	}

	return doc, nil
}

// whole takes away what stands around the document, and writes its first line as the
// library wants it.
func whole(content []byte) []byte {
	if at := bytes.Index(content, []byte("%PDF-")); at > 0 {
		content = content[at:]
	}
	if at := bytes.LastIndex(content, []byte("%%EOF")); at >= 0 {
		content = content[:at+len("%%EOF")]
	}
	if len(content) < 10 {
		return content
	}
	content = bytes.Clone(content)
	copy(content, "%PDF-1.7")
	if content[8] != '\r' && content[8] != '\n' {
		content[8] = '\n'
	}

	return content
}

// pageText follows a page's instructions and writes what they show: a new line where
// the pen goes up or down, a space where it jumps ahead.
func pageText(p pdf.Page) (text string, err error) {
	var out strings.Builder
	defer func() {
		if broken := recover(); broken != nil {
			text, err = out.String(), fmt.Errorf("%w: %v", ErrUnreadable, broken)
		}
	}()
	if p.V.IsNull() || p.V.Key("Contents").Kind() == pdf.Null {
		return "", nil
	}
	w := pen{out: &out, resources: p.Resources(), at: plain, text: plain}
	w.follow(p.V.Key("Contents"), 0)

	return out.String(), nil
}

// mostNested bounds drawings within drawings.
const mostNested = 5

// pen is where and in which letters text is written.
type pen struct {
	out       *strings.Builder
	resources pdf.Value
	fonts     map[string]pdf.TextEncoding
	encoding  pdf.TextEncoding

	at    frame // of the page
	kept  []frame
	text  frame // of the line that is begun, within at
	size  float64
	lead  float64
	moved bool    // since text was written
	x, y  float64 // where that was
}

// frame is an affine map: a point (x, y) is at (a·x + c·y + e, b·x + d·y + f).
type frame struct{ a, b, c, d, e, f float64 }

var plain = frame{a: 1, d: 1}

// within is what this frame is when it stands in another one.
func (m frame) within(o frame) frame {
	return frame{
		m.a*o.a + m.b*o.c, m.a*o.b + m.b*o.d, m.c*o.a + m.d*o.c, m.c*o.b + m.d*o.d,
		m.e*o.a + m.f*o.c + o.e, m.e*o.b + m.f*o.d + o.f,
	}
}

func frameOf(args []pdf.Value) frame {
	if len(args) < 6 {
		return plain
	}
	n := func(i int) float64 { return args[len(args)-6+i].Float64() }

	return frame{n(0), n(1), n(2), n(3), n(4), n(5)}
}

func (w *pen) follow(content pdf.Value, depth int) {
	w.fonts = map[string]pdf.TextEncoding{}
	pdf.Interpret(content, func(stack *pdf.Stack, operator string) {
		args := make([]pdf.Value, stack.Len())
		for i := len(args) - 1; i >= 0; i-- {
			args[i] = stack.Pop()
		}
		if w.out.Len() < 4*MostText {
			w.do(operator, args, depth)
		}
	})
}

func (w *pen) do(operator string, args []pdf.Value, depth int) {
	last := func(back int) pdf.Value {
		if len(args) < back {
			return pdf.Value{}
		}

		return args[len(args)-back]
	}
	switch operator {
	case "q":
		w.kept = append(w.kept, w.at)
	case "Q":
		if n := len(w.kept); n > 0 {
			w.at, w.kept = w.kept[n-1], w.kept[:n-1]
		}
	case "cm":
		w.at = frameOf(args).within(w.at)
	case "BT":
		w.text, w.moved = plain, true
	case "Tf":
		w.font(last(2).Name())
		w.size = last(1).Float64()
	case "TL":
		w.lead = last(1).Float64()
	case "TD":
		w.lead = -last(1).Float64()
		w.move(last(2).Float64(), last(1).Float64())
	case "Td":
		w.move(last(2).Float64(), last(1).Float64())
	case "Tm":
		w.text, w.moved = frameOf(args), true
	case "T*":
		w.move(0, -w.lead)
	case "'", "\"":
		w.move(0, -w.lead)
		w.show(last(1).RawString())
	case "Tj":
		w.show(last(1).RawString())
	case "TJ":
		list := last(1)
		for i := range list.Len() {
			switch item := list.Index(i); item.Kind() {
			case pdf.String:
				w.show(item.RawString())
			case pdf.Integer, pdf.Real:
				if item.Float64() < -180 { // thousandths of the letters' size: as wide as a space
					w.space()
				}
			}
		}
	case "Do":
		w.draw(w.resources.Key("XObject").Key(last(1).Name()), depth)
	}
}

// draw follows a drawing that the page uses.
func (w *pen) draw(drawing pdf.Value, depth int) {
	if drawing.Key("Subtype").Name() != "Form" || depth >= mostNested {
		return
	}
	inner := pen{out: w.out, resources: drawing.Key("Resources"), at: w.at, text: plain, moved: true, x: w.x, y: w.y}
	if inner.resources.IsNull() {
		inner.resources = w.resources
	}
	if matrix := drawing.Key("Matrix"); matrix.Len() == 6 {
		values := make([]pdf.Value, 6)
		for i := range values {
			values[i] = matrix.Index(i)
		}
		inner.at = frameOf(values).within(w.at)
	}
	inner.follow(drawing, depth+1)
	w.x, w.y, w.moved = inner.x, inner.y, true
}

func (w *pen) move(x, y float64) {
	w.text = frame{a: 1, d: 1, e: x, f: y}.within(w.text)
	w.moved = true
}

func (w *pen) font(name string) {
	encoding, known := w.fonts[name]
	if !known {
		font := pdf.Font{V: w.resources.Key("Font").Key(name)}
		encoding = font.Encoder()
		w.fonts[name] = encoding
	}
	w.encoding = encoding
}

func (w *pen) show(raw string) {
	if w.encoding != nil {
		raw = w.encoding.Decode(raw)
	}
	if raw == "" {
		return
	}
	if w.moved {
		w.part()
	}
	w.out.WriteString(raw)
}

// part sets apart what is written in another place than the text before.
func (w *pen) part() {
	here := w.text.within(w.at)
	height := max(math.Abs(w.size)*max(math.Abs(here.d), math.Abs(here.b)), 1)
	switch up := math.Abs(here.f - w.y); {
	case up > height*1.9:
		w.line()
		w.line()
	case up > height*0.5:
		w.line()
	case here.e != w.x:
		w.space()
	}
	w.x, w.y, w.moved = here.e, here.f, false
}

func (w *pen) ends(with string) bool { return strings.HasSuffix(w.out.String(), with) } // String copies nothing

func (w *pen) space() {
	if w.out.Len() > 0 && !w.ends(" ") && !w.ends("\n") {
		w.out.WriteByte(' ')
	}
}

func (w *pen) line() {
	if w.out.Len() > 0 && !w.ends("\n\n") {
		w.out.WriteByte('\n')
	}
}
