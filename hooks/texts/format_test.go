package texts_test

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata"
	"unicode/utf8"

	"recado/hooks/texts"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}

	return loc
}

func TestDates(t *testing.T) {
	paulo := zone(t, "America/Sao_Paulo")
	now := time.Date(2027, 3, 10, 23, 30, 0, 0, paulo)
	at := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(2027, month, day, hour, minute, 0, 0, paulo)
	}
	tests := []struct {
		locale               string
		t                    time.Time
		date, day, when, btn string
	}{
		{"en", at(3, 18, 15, 0), "Thursday, March 18", "Thursday, March 18", "Thursday, March 18 at 3:00 PM", "Thu, Mar 18"},
		{"pt-BR", at(3, 18, 15, 0), "quinta-feira, 18 de março", "quinta-feira, 18 de março", "quinta-feira, 18 de março, às 15:00", "Quinta, 18/03"},
		{"es", at(3, 18, 15, 0), "jueves 18 de marzo", "jueves 18 de marzo", "el jueves 18 de marzo a las 15:00", "Jueves, 18/03"},
		{"en", at(3, 11, 9, 5), "Thursday, March 11", "tomorrow, March 11", "tomorrow at 9:05 AM", "Tomorrow, Mar 11"},
		{"pt-BR", at(3, 11, 9, 5), "quinta-feira, 11 de março", "amanhã, 11 de março", "amanhã às 09:05", "Amanhã, 11/03"},
		{"es", at(3, 11, 9, 5), "jueves 11 de marzo", "mañana, 11 de marzo", "mañana a las 9:05", "Mañana, 11/03"},
		{"pt-BR", at(3, 10, 1, 0), "quarta-feira, 10 de março", "hoje, 10 de março", "hoje à 01:00", "Hoje, 10/03"},
		{"es", at(3, 13, 1, 15), "sábado 13 de marzo", "sábado 13 de marzo", "el sábado 13 de marzo a la 1:15", "Sábado, 13/03"},
		{"es", at(3, 17, 1, 15), "miércoles 17 de marzo", "miércoles 17 de marzo", "el miércoles 17 de marzo a la 1:15", "Miércoles, 17/03"},
		{"en", at(13, 1, 0, 0), "Saturday, January 1, 2028", "Saturday, January 1, 2028", "Saturday, January 1, 2028 at 12:00 AM", "Sat, Jan 1"},
		{"pt-BR", at(13, 1, 12, 0), "sábado, 1 de janeiro de 2028", "sábado, 1 de janeiro de 2028", "sábado, 1 de janeiro de 2028, às 12:00", "Sábado, 01/01"},
	}
	for _, test := range tests {
		// The viewer's clock may run in another zone; the day is that of t's.
		for _, now := range []time.Time{now, now.UTC()} {
			if got := texts.Date(test.locale, test.t, now); got != test.date {
				t.Errorf("Date: got %q, want %q", got, test.date)
			}
			if got := texts.Day(test.locale, test.t, now); got != test.day {
				t.Errorf("Day: got %q, want %q", got, test.day)
			}
			if got := texts.When(test.locale, test.t, now); got != test.when {
				t.Errorf("When: got %q, want %q", got, test.when)
			}
			if got := texts.DayLabel(test.locale, test.t, now); got != test.btn || utf8.RuneCountInString(got) > 20 {
				t.Errorf("DayLabel: got %q, want %q", got, test.btn)
			}
		}
	}
}

func TestNames(t *testing.T) {
	if got := texts.Month("pt-BR", time.December); got != "dezembro" {
		t.Error(got)
	}
	if got := texts.Month("es", time.January); got != "enero" {
		t.Error(got)
	}
	if got := texts.Weekday("pt", time.Tuesday); got != "terça-feira" {
		t.Error(got)
	}
	if got := texts.Capital("ângela"); got != "Ângela" {
		t.Error(got)
	}
	if got := texts.List("pt-BR", []string{"a", "b", "c"}); got != "a, b e c" {
		t.Error(got)
	}
	if got := texts.List("es", []string{"a", "b"}); got != "a y b" {
		t.Error(got)
	}
	if got := texts.List("en", []string{"a"}) + texts.List("en", nil); got != "a" {
		t.Error(got)
	}
}

func TestDuration(t *testing.T) {
	for minutes, want := range map[int]string{0: "0 min", 45: "45 min", 60: "1 h", 90: "1 h 30 min"} {
		if got := texts.Duration(minutes); got != want {
			t.Errorf("%d: got %q, want %q", minutes, got, want)
		}
	}
}

func TestPrice(t *testing.T) {
	tests := []struct {
		locale   string
		minor    int64
		currency string
		want     string
	}{
		{"pt-BR", 123450, "BRL", "R$ 1.234,50"},
		{"pt-BR", 5, "BRL", "R$ 0,05"},
		{"pt-BR", 9900, "USD", "US$ 99,00"},
		{"pt-BR", 9900, "EUR", "€ 99,00"},
		{"en", 123450, "USD", "$1,234.50"},
		{"en", 123450, "BRL", "R$1,234.50"},
		{"en", 123456789, "GBP", "£1,234,567.89"},
		{"en", 9900, "CHF", "CHF 99.00"},
		{"en", 9900, "MXN", "MXN 99.00"},
		{"en", 5000, "JPY", "¥5,000"},
		{"en", 1234567, "KWD", "KWD 1,234.567"},
		{"es", 123450, "EUR", "1234,50 €"},
		{"es", 1234550, "EUR", "12.345,50 €"},
		{"es", 1500000, "CLP", "$ 1.500.000"},
		{"es", 123450, "MXN", "$ 1,234.50"},
		{"es", 123450, "ars", "$ 1.234,50"},
		{"es", 123450, "PEN", "S/ 1,234.50"},
		{"en", -250, "USD", "-$2.50"},
		{"en", 250, "", "2.50"},
		{"en", math.MinInt64, "USD", "-$92,233,720,368,547,758.08"},
	}
	for _, test := range tests {
		if got := texts.Price(test.locale, test.minor, test.currency); got != test.want {
			t.Errorf("%s %d %s: got %q, want %q", test.locale, test.minor, test.currency, got, test.want)
		}
	}
}
