package texts

import (
	"math"
	"strconv"
	"strings"
)

// Currencies whose minor unit is not a hundredth (ISO 4217).
var minorDigits = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
	"VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0,
	"BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
}

var symbols = map[string]string{
	"BRL": "R$", "EUR": "€", "GBP": "£", "USD": "US$", "JPY": "¥", "PEN": "S/", "INR": "₹", "BOB": "Bs", "CRC": "₡",
	"PYG": "₲", "GTQ": "Q", "UYU": "$U",
}

// The people who use these write plain "$" for their own money; in another
// language the code keeps them apart.
var pesos = map[string]bool{"ARS": true, "CLP": true, "COP": true, "MXN": true, "DOP": true}

// Spanish splits over the decimal mark: these countries write 1,234.50.
var spanishPoint = map[string]bool{"MXN": true, "PEN": true, "GTQ": true, "HNL": true, "NIO": true, "DOP": true, "PAB": true}

// Price writes an amount of integer minor units (cents) of an ISO 4217
// currency: "R$ 1.234,50", "$1,234.50", "1234,50 €".
func Price(locale string, minor int64, currency string) string {
	locale, currency = Locale(locale), strings.ToUpper(strings.TrimSpace(currency))
	digits, ok := minorDigits[currency]
	if !ok {
		digits = 2
	}
	group, decimal := ".", ","
	if locale == English || locale == Spanish && spanishPoint[currency] {
		group, decimal = ",", "."
	}
	// CLDR groups European Spanish from five figures on.
	smallest := 4
	if locale == Spanish && currency == "EUR" {
		smallest = 5
	}
	number := amount(minor, digits, smallest, group, decimal)
	sign := ""
	if minor < 0 {
		sign = "-"
	}
	symbol := symbolOf(locale, currency)
	switch {
	case symbol == "":
		return sign + number
	case locale == Spanish && currency == "EUR":
		return sign + number + " " + symbol
	case locale == English && symbol != currency:
		return sign + symbol + number
	default:
		return sign + symbol + " " + number
	}
}

func symbolOf(locale, currency string) string {
	if locale == English && currency == "USD" || locale == Spanish && pesos[currency] {
		return "$"
	}
	if symbol, ok := symbols[currency]; ok {
		return symbol
	}

	return currency
}

// amount writes |minor| with its decimal mark and groups of three, from
// numbers with smallest integer figures on.
func amount(minor int64, digits, smallest int, group, decimal string) string {
	magnitude := uint64(minor)
	if minor < 0 {
		magnitude = uint64(-(minor + 1)) + 1 // math.MinInt64 has no positive twin
	}
	unit := uint64(math.Pow10(digits))
	whole := strconv.FormatUint(magnitude/unit, 10)
	if len(whole) >= smallest {
		for i := len(whole) - 3; i > 0; i -= 3 {
			whole = whole[:i] + group + whole[i:]
		}
	}
	if digits == 0 {
		return whole
	}
	rest := strconv.FormatUint(magnitude%unit, 10)

	return whole + decimal + strings.Repeat("0", digits-len(rest)) + rest
}
