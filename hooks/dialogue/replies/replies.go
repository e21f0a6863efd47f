// Package replies understands what customers answer to "Will you come?", in
// English, Brazilian Portuguese and Spanish.
//
// In: a language, a text, and the start of the appointment it is about. Out: a
// verdict. It is a pure function over tables: no text makes it fail, and what it
// is not sure of it says so.
package replies

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"recado/hooks/dialogue/phrases"
	"recado/hooks/texts"
)

// Verdict is what an answer means.
type Verdict int

// The verdicts. Confirm and Cancel are clear whatever was said in between; Maybe
// ("ok", "yes") and Stop ("cancel") are a yes and a cancellation where nothing
// was. No is a no that does not say of what. Ask is a yes or no with a condition
// or a question, or another time; Move wants another time.
const (
	Unknown Verdict = iota
	Confirm
	Maybe
	Cancel
	Stop
	No
	Ask
	Move
)

// Clear keeps the verdicts that need no question before them.
func (v Verdict) Clear() Verdict {
	if v == Confirm || v == Cancel {
		return v
	}

	return Unknown
}

// longest is how many words an answer has; more is a story for a person.
const longest = 25

// Read reads text. start is when the appointment begins, in its own time zone:
// naming that very time asks for no other. The tables of the language come
// first, then those of the others, since not everybody writes in the language
// they are written to.
func Read(locale, text string, start time.Time) Verdict {
	words := split(text)
	if len(words) == 0 || len(words) > longest {
		return Unknown
	}
	own := texts.Locale(locale)
	verdict := read(own, text, words, start)
	for _, other := range texts.Locales() {
		if verdict == Unknown && other != own {
			verdict = read(other, text, words, start)
		}
	}

	return verdict
}

func read(locale, text string, words []string, start time.Time) Verdict {
	t := tables()[locale]
	said, left := t.match(words)
	asks := strings.ContainsAny(text, "?¿")
	named, other := timeIn(locale, text, start)
	rest := len(left)
	if named && !other { // "yes, Thursday at 3": the words of the time say nothing new
		rest = len(slices.DeleteFunc(left, func(word string) bool { return timeWord(locale, word, start) }))
	}

	switch {
	case said[Move]:
		return Move
	case (said[Cancel] || said[Stop]) && (other || said[Confirm] || said[Maybe]):
		return Ask
	case (said[Cancel] || said[Stop]) && (asks || t.doubts(words)):
		return No
	case said[Cancel]:
		return Cancel
	case said[Stop] && rest == 0:
		return Stop
	case said[Stop]:
		return Unknown // "cancel my subscription"
	case said[Confirm] || said[Maybe]:
		return yes(said, rest, asks || other || said[No] || t.doubts(words))
	case said[No] && rest == 0:
		return No
	case other && rest <= 8 && !phrases.Said(locale, text, phrases.Book):
		return Ask
	default:
		return Unknown
	}
}

// yes: a clear one stands with whatever else is said, a weak one only alone.
func yes(said map[Verdict]bool, rest int, doubtful bool) Verdict {
	switch {
	case doubtful:
		return Ask
	case said[Confirm]:
		return Confirm
	case rest == 0:
		return Maybe
	default:
		return Unknown
	}
}

// timeIn tells whether the text names a day or a time, and whether that is not start's.
func timeIn(locale, text string, start time.Time) (named, other bool) {
	result := phrases.Parse(locale, text, start.AddDate(0, 0, -1), phrases.BareNothing)
	for _, reading := range result.Readings {
		if reading.Fits(phrases.DateOf(start), start.Hour()*60+start.Minute()) {
			return true, false
		}
	}

	return len(result.Readings) > 0, len(result.Readings) > 0
}

// timeWord tells whether a word is part of a day or a time: a number, a weekday.
func timeWord(locale, word string, start time.Time) bool {
	named, _ := timeIn(locale, word, start)

	return named || strings.ContainsFunc(word, unicode.IsDigit)
}

// Thanks tells whether text is nothing but politeness.
func Thanks(locale, text string) bool {
	return phrases.Said(locale, text, phrases.Thanks) || phrases.Said(locale, text, phrases.Bye)
}

// table is one language: phrases by their words, and words that carry nothing
// or make a yes conditional.
type table struct {
	phrases map[string]Verdict
	longest int
	filler  map[string]bool
	doubt   map[string]bool
}

func newTable(lists map[Verdict]string, filler, doubt string) table {
	t := table{phrases: map[string]Verdict{}, filler: set(filler), doubt: set(doubt)}
	for verdict, list := range lists {
		for phrase := range strings.SplitSeq(list, "|") {
			words := split(phrase)
			t.phrases[strings.Join(words, " ")] = verdict
			t.longest = max(t.longest, len(words))
		}
	}

	return t
}

func set(words string) map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		all[word] = true
	}

	return all
}

// match finds the longest phrases from left to right, and the words left that
// belong to none and are no filler.
func (t table) match(words []string) (said map[Verdict]bool, left []string) {
	said = map[Verdict]bool{}
	for i := 0; i < len(words); {
		n := min(t.longest, len(words)-i)
		for ; n > 0; n-- {
			if verdict, ok := t.phrases[strings.Join(words[i:i+n], " ")]; ok {
				said[verdict] = true

				break
			}
		}
		if n == 0 {
			if !t.filler[words[i]] {
				left = append(left, words[i])
			}
			n = 1
		}
		i += n
	}

	return said, left
}

func (t table) doubts(words []string) bool {
	for _, word := range words {
		if t.doubt[word] {
			return true
		}
	}

	return false
}

// split cuts a text into folded words, and symbols (emoji) of their own.
func split(text string) []string {
	const most = 2000 // runes: nobody answers with more

	if runes := []rune(text); len(runes) > most {
		text = string(runes[:most])
	}
	var words []string
	word := false
	for _, r := range phrases.Fold(text) {
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			if !word {
				words = append(words, "")
			}
			words[len(words)-1] += string(r)
			word = true
		case unicode.Is(unicode.So, r):
			words = append(words, string(r))
			word = false
		case unicode.Is(unicode.Sk, r), r == '️': // the colour of a thumb
		default:
			word = false
		}
	}

	return words
}
