package contacts

import "strings"

// Variants returns the numbers a phone may be stored or seen under, itself
// first. WhatsApp and people disagree about three countries: Brazil's ninth digit
// of mobile phones, and the 1 and 9 that Mexican and Argentine mobile numbers
// carry when called from abroad. number is E.164; variants of one number are
// variants of each other, and there are at most two.
func Variants(number string) []string {
	switch {
	case len(number) == len("+5511987654321") && strings.HasPrefix(number, "+55") && number[5] == '9' && mobile(number[6]):
		return []string{number, number[:5] + number[6:]}
	case len(number) == len("+551187654321") && strings.HasPrefix(number, "+55") && mobile(number[5]):
		return []string{number, number[:5] + "9" + number[5:]}
	case len(number) == len("+5215512345678") && strings.HasPrefix(number, "+521"):
		return []string{number, "+52" + number[4:]}
	case len(number) == len("+525512345678") && strings.HasPrefix(number, "+52"):
		return []string{number, "+521" + number[3:]}
	case len(number) == len("+5491123456789") && strings.HasPrefix(number, "+549"):
		return []string{number, "+54" + number[4:]}
	case len(number) == len("+541123456789") && strings.HasPrefix(number, "+54"):
		return []string{number, "+549" + number[3:]}
	default:
		return []string{number}
	}
}

// mobile tells whether a Brazilian number of eight digits that begins so is a
// mobile one, which may have a ninth digit; 2 to 5 are landlines.
func mobile(first byte) bool { return first >= '6' && first <= '9' }
