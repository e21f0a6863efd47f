package contacts

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Fold makes text comparable for search: lower case, no diacritics, single
// spaces. "  José  ÁVILA " becomes "jose avila".
func Fold(text string) string {
	folded, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), text)
	if err != nil {
		folded = text
	}

	return strings.Join(strings.Fields(strings.ToLower(folded)), " ")
}

// Digits returns the digits of text.
func Digits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}

		return -1
	}, text)
}

// searchText is what a contact is found by: folded name and e-mail, and the
// digits of the phone.
func searchText(name, email, phone string) string {
	text := strings.TrimSpace(Fold(name) + " " + Fold(email) + " " + Digits(phone))
	if runes := []rune(text); len(runes) > searchMax {
		text = string(runes[:searchMax])
	}

	return text
}

const searchMax = 1000
