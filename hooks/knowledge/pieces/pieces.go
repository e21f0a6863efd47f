// Package pieces cuts a text into parts that each answer something by themselves.
//
// In: text whose headings are lines that begin with #. Out: its pieces in order, each
// with the headings it stands under. It is pure: the same text makes the same pieces.
package pieces

import (
	"strings"
	"unicode/utf8"
)

// Piece is a part of a text.
type Piece struct {
	Heading string // those above it, the widest first: "Prices › Children"
	Text    string
}

// Sizes, in characters.
const (
	good        = 900   // where a piece is full
	Most        = 1_400 // the longest piece there is
	mostHeading = 200
)

// Cut cuts a text. Paragraphs stay whole unless one is longer than a piece; then it is
// cut between sentences, else between words.
func Cut(text string) []Piece {
	var list []Piece
	var path [6]string
	var now strings.Builder
	size := 0
	full := func() {
		if said := strings.TrimSpace(now.String()); said != "" {
			list = append(list, Piece{heading(path), said})
		}
		now.Reset()
		size = 0
	}
	for block := range strings.SplitSeq(text, "\n\n") {
		for block != "" {
			line, rest, _ := strings.Cut(block, "\n")
			if level, title := headingOf(line); level > 0 {
				full()
				path[level-1] = title
				clear(path[level:])
				block = rest

				continue
			}
			// up to the next heading
			end := len(block)
			for at := 0; at < len(block); {
				next := strings.IndexByte(block[at:], '\n')
				if next < 0 {
					break
				}
				at += next + 1
				if level, _ := headingOf(firstLine(block[at:])); level > 0 {
					end = at

					break
				}
			}
			for _, part := range split(strings.TrimSpace(block[:end])) {
				long := utf8.RuneCountInString(part)
				if size > 0 && (size >= good || size+long > Most) {
					full()
				}
				if size > 0 {
					now.WriteString("\n\n")
					size += 2
				}
				now.WriteString(part)
				size += long
			}
			block = block[end:]
		}
	}
	full()

	return list
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")

	return line
}

// headingOf reads a line that is a heading: how deep it is, 0 if it is none.
func headingOf(line string) (level int, title string) {
	title = strings.TrimLeft(line, "#")
	level = len(line) - len(title)
	if level == 0 || level > 6 || !strings.HasPrefix(title, " ") {
		return 0, ""
	}
	title = strings.TrimSpace(title)
	if title == "" {
		return 0, ""
	}

	return level, title
}

func heading(path [6]string) string {
	var out []string
	for _, title := range path {
		if title != "" {
			out = append(out, title)
		}
	}

	return clip(strings.Join(out, " › "), mostHeading)
}

// split cuts a paragraph that is too long for one piece.
func split(text string) []string {
	var parts []string
	for utf8.RuneCountInString(text) > Most {
		at := border(text)
		parts = append(parts, strings.TrimSpace(text[:at]))
		text = strings.TrimSpace(text[at:])
	}
	if text != "" {
		parts = append(parts, text)
	}

	return parts
}

// border is where to cut a text that is longer than a piece: behind the last line or
// sentence of what fits, else behind the last word, else where it is full.
func border(text string) int {
	window := text[:len(clip(text, Most))]
	half := len(window) / 2
	for _, sign := range []string{"\n", ". ", "! ", "? ", "; ", " "} {
		if at := strings.LastIndex(window, sign); at > half {
			return at + len(sign)
		}
	}

	return len(window)
}

// clip is the beginning of a text, so many characters at most.
func clip(text string, most int) string {
	for at := range text {
		if most == 0 {
			return text[:at]
		}
		most--
	}

	return text
}
