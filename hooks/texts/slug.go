package texts

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestSlug keeps addresses short enough to be read out.
const longestSlug = 60

// Slug is a name as part of an address: "Clínica Bela & Cia." becomes
// "clinica-bela-cia". It is empty where no letter is left.
func Slug(name string) string {
	var slug strings.Builder
	gap := false
	for _, r := range norm.NFD.String(strings.ToLower(name)) {
		switch {
		case slug.Len() >= longestSlug:
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			if gap && slug.Len() > 0 {
				slug.WriteByte('-')
			}
			gap = false
			slug.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // an accent of the letter before
		default:
			gap = true
		}
	}

	return slug.String()
}
