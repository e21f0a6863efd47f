package extract

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page reads what a visitor of a web page reads: not scripts, menus and forms, and
// nothing that is hidden.
func page(content []byte) (Document, error) {
	text, err := decode(content)
	if err != nil {
		return Document{}, err
	}
	root, err := html.Parse(bytes.NewReader([]byte(text)))
	if err != nil {
		return Document{}, ErrUnreadable
	}
	doc := Document{}
	if title := first(root, atom.Title); title != nil && title.FirstChild != nil {
		doc.Title = title.FirstChild.Data
	}
	main := first(root, atom.Main)
	if main == nil {
		main = first(root, atom.Article)
	}
	if main == nil {
		main = root
	}
	var out strings.Builder
	write(&out, main, 0)
	doc.Text = out.String()

	return doc, nil
}

func first(n *html.Node, kind atom.Atom) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == kind {
			return d
		}
	}

	return nil
}

// silent are elements that say nothing to a reader.
var silent = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Math: true, atom.Nav: true, atom.Form: true,
	atom.Iframe: true, atom.Object: true, atom.Head: true, atom.Button: true, atom.Select: true, atom.Textarea: true, atom.Dialog: true, atom.Canvas: true,
}

// blocks stand on lines of their own: how many lines further they begin and end.
var blocks = map[atom.Atom]int{
	atom.P: 2, atom.Section: 2, atom.Article: 2, atom.Header: 2, atom.Footer: 2, atom.Aside: 2, atom.Main: 2, atom.Ul: 2, atom.Ol: 2, atom.Dl: 2,
	atom.Table: 2, atom.Blockquote: 2, atom.Pre: 2, atom.Address: 2, atom.Figure: 2, atom.Details: 2, atom.Hr: 2,
	atom.H1: 2, atom.H2: 2, atom.H3: 2, atom.H4: 2, atom.H5: 2, atom.H6: 2,
	atom.Div: 1, atom.Dt: 1, atom.Dd: 1, atom.Tr: 1, atom.Figcaption: 1, atom.Summary: 1, atom.Br: 1, atom.Li: 1,
}

var levels = map[atom.Atom]string{atom.H1: "# ", atom.H2: "## ", atom.H3: "### ", atom.H4: "#### ", atom.H5: "##### ", atom.H6: "###### "}

// mostDeep is deeper than any page is; the parser's own bound is near it.
const mostDeep = 600

func write(out *strings.Builder, n *html.Node, depth int) {
	if depth > mostDeep || out.Len() > 5*MostText {
		return
	}
	if n.Type == html.TextNode {
		words := strings.Join(strings.Fields(n.Data), " ")
		if words == "" {
			out.WriteByte(' ')

			return
		}
		if strings.TrimLeft(n.Data, " \t\n\r\f") != n.Data {
			out.WriteByte(' ')
		}
		out.WriteString(words)
		if strings.TrimRight(n.Data, " \t\n\r\f") != n.Data {
			out.WriteByte(' ')
		}

		return
	}
	if n.Type == html.ElementNode && (silent[n.DataAtom] || hidden(n)) {
		return
	}
	lines(out, blocks[n.DataAtom])
	out.WriteString(levels[n.DataAtom])
	if n.DataAtom == atom.Li {
		out.WriteString("- ")
	}
	for child := range n.ChildNodes() {
		write(out, child, depth+1)
	}
	if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
		out.WriteString(" | ")
	}
	lines(out, blocks[n.DataAtom])
}

// lines makes sure that so many line ends stand before what follows.
func lines(out *strings.Builder, count int) {
	said := strings.TrimRight(out.String(), " ")
	for have := len(said) - len(strings.TrimRight(said, "\n")); have < count; have++ {
		out.WriteByte('\n')
	}
}

// hidden tells whether an element is there for no reader: text in one is often meant
// for machines.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		style := strings.ReplaceAll(strings.ToLower(a.Val), " ", "")
		switch {
		case a.Key == "hidden", a.Key == "aria-hidden" && a.Val == "true",
			a.Key == "style" && (strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") || strings.Contains(style, "font-size:0")):
			return true
		}
	}

	return false
}
