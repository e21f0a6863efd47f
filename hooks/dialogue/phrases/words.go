package phrases

import (
	"strings"
	"unicode"
)

// Word is something a customer says to steer the conversation.
type Word int

// What can be said. The first group has to be all that is said, but for words
// of courtesy; the second may stand anywhere in a sentence.
const (
	Yes Word = iota + 1
	No
	Stop // cancel what we are doing
	Menu
	Back
	More
	Hello
	Thanks
	Bye

	Human
	Book    // anything about booking, the nouns too
	Reserve // the verbs alone: "book", "marcar"
	Mine
	Move
	Drop // cancel an appointment
	Info
	Address
	Hours
	Prices
)

// wholeText lists the words that must be all that is said.
var wholeText = map[Word]bool{
	Yes: true, No: true, Stop: true, Menu: true, Back: true, More: true, Hello: true, Thanks: true, Bye: true,
}

// vocabulary holds the phrases of one Word by their key.
type vocabulary struct {
	phrases map[string]bool
	longest int
}

func newVocabulary(groups ...[]string) *vocabulary {
	v := &vocabulary{phrases: map[string]bool{}}
	for _, group := range groups {
		for _, phrase := range group {
			tokens := split(phrase)
			v.phrases[key(tokens)] = true
			v.longest = max(v.longest, len(tokens))
		}
	}

	return v
}

func withWords(l *language, words map[Word][]string, filler []string) *language {
	l.words = make(map[Word]*vocabulary, len(words))
	for word, list := range words {
		l.words[word] = newVocabulary(list)
	}
	l.filler = newVocabulary(filler).phrases

	return l
}

// Said tells whether text says word, in the language of locale. A call for a
// person is understood in every language, whatever the conversation's is.
func Said(locale, text string, word Word) bool {
	tokens := split(text)
	if word == Human {
		return callsForPerson(tokens)
	}
	l := languageOf(locale)
	if wholeText[word] {
		return l.words[word].covers(tokens, l.filler)
	}

	return l.words[word].within(tokens)
}

// Refused tells whether a text begins with a no to what was asked, and what more
// it says: "no, better Friday" refuses and goes on with "better Friday". Thanks,
// goodbyes and another no are nothing more.
func Refused(locale, text string) (rest string, refused bool) {
	text = strings.TrimSpace(text)
	if Said(locale, text, No) {
		return "", true
	}
	end := strings.IndexAny(text, ",.;:!\n–—")
	if end <= 0 || !Said(locale, text[:end], No) {
		return "", false
	}
	rest = strings.TrimLeftFunc(text[end:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '¿' && r != '¡' })
	for _, word := range []Word{No, Stop, Thanks, Bye} {
		if Said(locale, rest, word) {
			return "", true
		}
	}

	return rest, true
}

// within tells whether one of the phrases stands anywhere.
func (v *vocabulary) within(tokens []token) bool {
	for i := range tokens {
		if v.at(tokens[i:]) > 0 {
			return true
		}
	}

	return false
}

// at is the length of the longest phrase a text begins with, in tokens; 0: with none.
func (v *vocabulary) at(tokens []token) int {
	for n := min(v.longest, len(tokens)); n > 0; n-- {
		if v.phrases[key(tokens[:n])] {
			return n
		}
	}

	return 0
}

// covers tells whether the text is made of the phrases and of filler alone,
// with at least one of the phrases.
func (v *vocabulary) covers(tokens []token, filler map[string]bool) bool {
	found := false
	for i := 0; i < len(tokens); {
		switch n := v.at(tokens[i:]); {
		case n > 0:
			found = true
			i += n
		case tokens[i].kind == punct, filler[tokens[i].text], runeClass([]rune(tokens[i].text)[0]) == 4:
			i++
		default:
			return false
		}
	}

	return found
}

// Ordinal reads which of several offered things is chosen: "2", "a segunda
// opção", "number two", "la primera". 0: no choice, or more than one.
func Ordinal(locale, text string) int {
	l := languageOf(locale)
	tokens := l.compound(split(text))
	chosen, article := 0, 0
	for _, t := range tokens {
		value := choices[t.text]
		switch {
		case t.kind == punct, runeClass([]rune(t.text)[0]) == 4:
			continue
		case t.kind == number || t.kind == ordinal:
			value = t.value
		case articles[t.text]:
			// "um" alone is the first; in "o segundo, um momento" it is nothing.
			article = 1
			continue
		case value == 0 && (choiceFiller[t.text] || l.filler[t.text]):
			continue
		}
		if value == 0 || chosen != 0 {
			return 0
		}
		chosen = value
	}
	if chosen == 0 {
		return article
	}

	return chosen
}
