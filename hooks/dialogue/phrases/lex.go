package phrases

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind is what a word means to the grammar, whatever the language.
type kind int

const (
	unknown  kind = iota
	noise         // words that carry nothing here: of, the, de, la
	number        // value
	ordinal       // value: 15th, primeiro
	weekday       // value: time.Weekday
	month         // value: 1..12
	relative      // value: days from today
	next
	this
	last
	week
	weekend
	monthUnit
	dayUnit
	minuteUnit
	hours    // the mark after an hour: h, horas, o'clock
	hourUnit // a length, where the language keeps it apart from the mark
	halfHour // "half an hour", a length
	in       // "in" two days, "daqui a"
	part     // value: Part
	clock    // value: minute of the day: noon, midnight
	at
	half
	quarter
	past
	to // minutes to the hour; also "para as 15h"
	less
	and
	am
	pm
	dayMark // dia 15, el 15, the 15th
	after
	until
	anyDay
	between  // opens a range of times
	monthEnd // the last days of a month
	shift    // value: days after the day that follows: "a week from Friday"
	fromNow  // after a length: "3 days from now"
	punct    // text is the sign
)

type token struct {
	kind  kind
	value int
	text  string
	width int  // written figures of a number; 0 where it is a word
	glued bool // nothing stands between it and the token before
	weak  bool // a word that is more often something else: may, uma
	opens bool // a word before a time that may begin a range: das 14h às 16h
}

var (
	meridiem = regexp.MustCompile(`\b([ap])\.\s?m\b\.?`)
	hyphen   = regexp.MustCompile(`(\pL)-(\pL)`)
)

// Fold brings a text to the form all tables are written in: lower case, no
// diacritics, full-width and keycap digits as plain ones.
func Fold(text string) string {
	var out strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case r < utf8.RuneSelf && r != '\'': // most, and the tables are slow
			out.WriteRune(r)
		case unicode.Is(unicode.M, r), r == '\'', r == '’', r == '\u200d':
		default:
			out.WriteRune(unicode.ToLower(r))
		}
	}

	return out.String()
}

// split cuts a text into runs of figures, runs of letters, and signs.
func split(text string) []token {
	if utf8.RuneCountInString(text) > maxRunes {
		text = string([]rune(text)[:maxRunes])
	}
	text = meridiem.ReplaceAllString(Fold(text), "${1}m")
	// Twice, because a match eats the letter the next one starts with.
	text = hyphen.ReplaceAllString(hyphen.ReplaceAllString(text, "$1 $2"), "$1 $2")
	var tokens []token
	glued := false
	runes := []rune(text)
	for i := 0; i < len(runes); {
		start, r := i, runes[i]
		class := runeClass(r)
		if class == 0 {
			glued = false
			i++
			continue
		}
		for i < len(runes) && runeClass(runes[i]) == class {
			i++
			if class > 2 {
				break
			}
		}
		t := token{text: string(runes[start:i]), glued: glued}
		switch class {
		case 1:
			// Longer runs are phone numbers and the like, never a day or an hour.
			if i-start <= 4 {
				t.kind, t.width = number, i-start
				t.value, _ = strconv.Atoi(t.text)
			}
		case 3:
			t.kind = punct
		}
		tokens = append(tokens, t)
		glued = true
	}

	return tokens
}

// runeClass: 1 figures, 2 letters, 3 signs dates and times are written with,
// 4 symbols (emoji), 0 everything that only separates.
func runeClass(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return 1
	case unicode.IsLetter(r):
		return 2
	case strings.ContainsRune("/:.,-", r):
		return 3
	case unicode.Is(unicode.So, r):
		return 4
	default:
		return 0
	}
}

// key joins tokens the way the tables' keys are written.
func key(tokens []token) string {
	words := make([]string, len(tokens))
	for i, t := range tokens {
		words[i] = t.text
	}

	return strings.Join(words, " ")
}

// lex turns a text into tokens with meaning: the longest entry of the
// language's table wins, figures keep their value.
func (l *language) lex(text string) []token {
	raw := split(text)
	var out []token
	for i := 0; i < len(raw); {
		n := min(l.longest, len(raw)-i)
		for ; n > 0; n-- {
			if meanings, ok := l.lexicon[key(raw[i:i+n])]; ok {
				for j, m := range meanings {
					m.text, m.glued = raw[i].text, raw[i].glued && j == 0
					out = append(out, m)
				}
				break
			}
		}
		if n == 0 {
			out = append(out, raw[i])
			n = 1
		}
		i += n
	}

	return l.compound(out)
}

// compound joins what is written in pieces: 15 + th, twenty + one.
func (l *language) compound(tokens []token) []token {
	var out []token
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.kind == number && t.width > 0 && i+1 < len(tokens) && tokens[i+1].glued && l.ordinals[tokens[i+1].text] {
			t.kind = ordinal
			i++
		} else if t.kind == number && t.width == 0 && t.value >= 20 && t.value%10 == 0 {
			j := i + 1
			if l.tensAnd {
				j++
			}
			joins := !l.tensAnd || i+1 < len(tokens) && tokens[i+1].kind == and
			if joins && j < len(tokens) && tokens[j].kind == number && tokens[j].width == 0 && tokens[j].value >= 1 && tokens[j].value <= 9 {
				t.value += tokens[j].value
				i = j
			}
		}
		out = append(out, t)
	}

	return out
}
