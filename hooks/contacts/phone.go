package contacts

import (
	"errors"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// ErrPhone is returned for text that is no phone number.
var ErrPhone = errors.New("not a phone number: give it with area code, or in international form such as +5511987654321")

// regions are the countries a number without a country code is read in, by the
// company's time zone: a number is local to where the company is.
func region(timezone string) string {
	switch {
	case strings.HasPrefix(timezone, "America/Argentina"):
		return "AR"
	case timezone == "Europe/Lisbon":
		return "PT"
	case timezone == "Europe/Madrid":
		return "ES"
	case timezone == "Europe/London":
		return "GB"
	case timezone == "America/Mexico_City":
		return "MX"
	case timezone == "America/Bogota":
		return "CO"
	case timezone == "America/Santiago":
		return "CL"
	case timezone == "America/Lima":
		return "PE"
	case timezone == "America/New_York", timezone == "America/Chicago", timezone == "America/Denver", timezone == "America/Los_Angeles":
		return "US"
	default:
		return "BR"
	}
}

// E164 brings a phone number as people write it into the form +5511987654321.
// timezone is the company's and decides the country of a number without one.
// Empty stays empty.
func E164(number, timezone string) (string, error) {
	number = strings.TrimSpace(number)
	if number == "" {
		return "", nil
	}

	parsed, err := phonenumbers.Parse(number, region(timezone))
	if err != nil || !phonenumbers.IsPossibleNumber(parsed) {
		return "", ErrPhone
	}

	form := phonenumbers.Format(parsed, phonenumbers.E164)
	if again, err := phonenumbers.Parse(form, ""); err != nil || phonenumbers.Format(again, phonenumbers.E164) != form {
		return "", ErrPhone // zeros before it that would be left out the next time
	}

	return form, nil
}
