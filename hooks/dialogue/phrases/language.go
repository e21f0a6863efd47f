package phrases

import (
	"strings"
	"sync"

	"recado/hooks/texts"
)

// entry is one line of a language's table: everything that means the same,
// phrases separated by "|".
type entry struct {
	phrases  string
	meanings []token
}

// means builds the meaning of a line; two kinds in a row are two tokens, as in
// "tonight": today, evening.
func means(k kind, values ...int) []token {
	value := 0
	if len(values) > 0 {
		value = values[0]
	}

	return []token{{kind: k, value: value}}
}

func weakly(k kind, value int) []token { return []token{{kind: k, value: value, weak: true}} }

// language is a word table and the few habits that are not words.
type language struct {
	lexicon    map[string][]token
	longest    int             // words in the longest phrase
	ordinals   map[string]bool // endings that make 15 a 15th
	tensAnd    bool            // vinte e um, treinta y uno; but twenty one
	monthFirst bool            // 3/15 is a date, and 3/4 is two
	exactHours bool            // "9h" is nine in the morning, never in the evening
	words      map[Word]*vocabulary
	filler     map[string]bool
}

func build(entries []entry, habits language) *language {
	l := habits
	l.lexicon = make(map[string][]token, len(entries)*4)
	for _, e := range entries {
		for phrase := range strings.SplitSeq(e.phrases, "|") {
			tokens := split(phrase)
			l.lexicon[key(tokens)] = e.meanings
			l.longest = max(l.longest, len(tokens))
		}
	}

	return &l
}

// count lists consecutive numbers, the first being from.
func count(from int, words string) []entry {
	var entries []entry
	for word := range strings.SplitSeq(words, " ") {
		entries = append(entries, entry{word, means(number, from)})
		from++
	}

	return entries
}

// series lists values of one kind in order; "|" separates ways to write one.
func series(k kind, from int, groups ...string) []entry {
	var entries []entry
	for i, group := range groups {
		entries = append(entries, entry{group, means(k, from+i)})
	}

	return entries
}

var languages = map[string]func() *language{
	texts.English:    sync.OnceValue(english),
	texts.Portuguese: sync.OnceValue(portuguese),
	texts.Spanish:    sync.OnceValue(spanish),
}

func languageOf(locale string) *language { return languages[texts.Locale(locale)]() }
