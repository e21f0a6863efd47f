// Package score reads what a customer answers to "how was it?".
//
// In: the words, and the highest score of the scale (5, from 1; or 10, from 0).
// Out: the score and what was said beside it. Everything is pure. A message is
// read as a score only where it can hardly be anything else: "5 minutos" is not
// a five, "bom dia" is not a four. Whatever is in doubt is a message as any other.
package score

import (
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Lowest is the lowest score of a scale.
func Lowest(scale int) int {
	if scale == 10 {
		return 0
	}

	return 1
}

// Parse reads a score of a scale. comment is the rest of the message as it was
// written, or "".
func Parse(text string, scale int) (score int, comment string, ok bool) {
	text = strings.TrimSpace(text)
	if score, rest, ok := stars(text); ok {
		return bounded(score, clean(rest), scale)
	}

	for _, face := range faces {
		if rest, found := strings.CutPrefix(text, face.emoji); found && clean(strings.ReplaceAll(rest, face.emoji, "")) == "" {
			return bounded(degree(face.of5, scale), "", scale)
		}
	}

	words := split(plain(text))
	if len(words) == 0 || len(words) > wordsMost {
		return 0, "", false
	}

	at := 0
	for at < len(words) && openers[words[at].folded] {
		at++
	}
	if at == len(words) {
		return 0, "", false
	}
	first := words[at]

	if of5, found := judgements[first.folded]; found || isIntense(words[at:]) {
		if !found {
			of5 = judgements[words[at+1].folded]
			at++
		}
		// A judgement is a score when it stands alone: "bom" is, "bom dia" is not.
		if at != len(words)-1 && !words[at].ends {
			return 0, "", false
		}

		return bounded(degree(of5, scale), after(words, at), scale)
	}

	value, of, found := number(first.folded)
	if !found || of != 0 && of != scale {
		return 0, "", false
	}
	at, ends, ok := unit(words, at, scale)
	if !ok || !ends && at+1 < len(words) && !begins[words[at+1].folded] {
		return 0, "", false
	}

	return bounded(value, after(words, at), scale)
}

// wordsMost bounds what is looked at: a long message is a message.
const wordsMost = 120

func bounded(score int, comment string, scale int) (int, string, bool) {
	if score < Lowest(scale) || score > scale {
		return 0, "", false
	}

	return score, comment, true
}

// degree brings a judgement of five degrees to the scale.
func degree(of5, scale int) int {
	if scale == 10 {
		return of5 * 2
	}

	return of5
}

// word is one word of the message. ends says that punctuation or a line ends after it.
type word struct {
	written string // with its punctuation, as it stood
	folded  string // lower case, without diacritics and punctuation at its ends
	ends    bool
}

// split cuts a message into words.
func split(text string) []word {
	var words []word
	for _, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		for i, field := range fields {
			core := strings.TrimFunc(field, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '+' })
			if strings.Trim(core, "-+") == "" {
				if len(words) > 0 && strings.ContainsAny(field, ".,;:!?-–—") {
					words[len(words)-1].ends = true
				}
				if len(words) > 0 {
					words[len(words)-1].written += " " + field
				}

				continue
			}
			words = append(words, word{
				written: field, folded: fold(core),
				ends: i == len(fields)-1 || !strings.HasSuffix(field, core) && strings.ContainsAny(field[strings.LastIndex(field, core)+len(core):], ".,;:!?-–—)"),
			})
		}
	}

	return words
}

// after is what is written behind a word.
func after(words []word, at int) string {
	var rest []string
	for _, word := range words[at+1:] {
		rest = append(rest, word.written)
	}

	return clean(strings.Join(rest, " "))
}

func clean(text string) string {
	return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(text), ".,;:!?-–— "))
}

func fold(text string) string {
	folded, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), text)
	if err != nil {
		folded = text
	}

	return strings.ToLower(folded)
}

// plain writes keycaps (5️⃣, 🔟) as digits.
func plain(text string) string {
	return strings.NewReplacer("🔟", "10", "\uFE0F", "", "\u20E3", "").Replace(text)
}

// number reads 4, 10 or "quatro", and 4/5, whose second number is of.
func number(folded string) (value, of int, ok bool) {
	value, ok = numbers[folded]
	if ok {
		return value, 0, true
	}
	digits, whole, split := strings.Cut(folded, "/")
	value, ok = small(digits)
	if !ok || !split {
		return value, 0, ok
	}
	of, ok = small(whole)

	return value, of, ok && of != 0
}

// small reads a number of one or two digits.
func small(digits string) (int, bool) {
	if len(digits) == 0 || len(digits) > 2 || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	value, err := strconv.Atoi(digits)

	return value, err == nil
}

// unit goes over what may follow a number: "estrelas", "de 5", "out of 10". It
// returns the last word that belongs to the score and whether it ends there; ok
// is false where the number is of another scale.
func unit(words []word, at, scale int) (last int, ends, ok bool) {
	if words[at].ends {
		return at, true, true
	}
	if at+1 < len(words) && units[words[at+1].folded] {
		return at + 1, words[at+1].ends, true
	}
	next := at + 1
	for next < len(words) && (words[next].folded == "out" || words[next].folded == "of" || words[next].folded == "de") {
		next++
	}
	if next > at+1 && next < len(words) {
		of, found := small(words[next].folded)

		return next, words[next].ends, found && of == scale
	}

	return at, at == len(words)-1, true
}

// isIntense holds for "muito bom", "very good": an intensifier and a judgement.
func isIntense(words []word) bool {
	if len(words) < 2 || !intense[words[0].folded] {
		return false
	}
	_, found := judgements[words[1].folded]

	return found
}

// stars counts the stars a message begins with: ⭐⭐⭐, ★★★☆☆.
func stars(text string) (count int, rest string, ok bool) {
	for i, r := range text {
		switch r {
		case '⭐', '🌟', '★':
			count++
		case '☆', '\uFE0F', ' ':
		default:
			return count, text[i:], count > 0
		}
	}

	return count, "", count > 0
}
