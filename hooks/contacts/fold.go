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

// SearchText is what a contact is found by: folded name and e-mail, the digits
// of the phone, and the folded notes as far as there is room.
func SearchText(name, email, phone, notes string) string {
	if len(notes) > 4*searchMax {
		notes = notes[:4*searchMax] // the rest would be folded and cut off
	}
	text := strings.Join(strings.Fields(Fold(name)+" "+Fold(email)+" "+Digits(phone)+" "+Fold(strings.ToValidUTF8(notes, ""))), " ")
	if runes := []rune(text); len(runes) > searchMax {
		text = string(runes[:searchMax])
	}

	return text
}

const searchMax = 1000
