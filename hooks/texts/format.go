package texts

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// calendar is how one language names and orders the parts of a date.
type calendar struct {
	weekdays      [7]string // Sunday first
	shortWeekdays [7]string // as spoken, short enough for a button
	months        [12]string
	today         string
	tomorrow      string
}

var calendars = map[string]calendar{
	English: {
		weekdays:      [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
		shortWeekdays: [7]string{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
		months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September",
			"October", "November", "December"},
		today: "today", tomorrow: "tomorrow",
	},
	Portuguese: {
		weekdays: [7]string{"domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira",
			"sábado"},
		shortWeekdays: [7]string{"domingo", "segunda", "terça", "quarta", "quinta", "sexta", "sábado"},
		months: [12]string{"janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
			"outubro", "novembro", "dezembro"},
		today: "hoje", tomorrow: "amanhã",
	},
	Spanish: {
		weekdays:      [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		shortWeekdays: [7]string{"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
		months: [12]string{"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre",
			"octubre", "noviembre", "diciembre"},
		today: "hoy", tomorrow: "mañana",
	},
}

// Weekday names a day of the week: "Thursday", "quinta-feira", "jueves".
func Weekday(locale string, day time.Weekday) string {
	return calendars[Locale(locale)].weekdays[day%7]
}

// ShortWeekday is the name as spoken, for a button: "Thu", "quinta", "jueves".
func ShortWeekday(locale string, day time.Weekday) string {
	return calendars[Locale(locale)].shortWeekdays[day%7]
}

// Month names a month: "March", "março", "marzo".
func Month(locale string, month time.Month) string {
	return calendars[Locale(locale)].months[(month+11)%12]
}

// Clock writes the time of day of t in t's own zone: "3:00 PM", "15:00", and in
// Spanish without a leading zero.
func Clock(locale string, t time.Time) string {
	switch Locale(locale) {
	case Portuguese:
		return t.Format("15:04")
	case Spanish:
		return fmt.Sprintf("%d:%02d", t.Hour(), t.Minute())
	default:
		return t.Format("3:04 PM")
	}
}

// Date writes the day of t in full: "Thursday, March 15", "quinta-feira, 15 de
// março", "jueves 15 de marzo"; with the year where it is not the year of now.
func Date(locale string, t, now time.Time) string {
	locale = Locale(locale)
	year := ""
	switch {
	case t.Year() == now.In(t.Location()).Year():
	case locale == English:
		year = fmt.Sprintf(", %d", t.Year())
	default:
		year = fmt.Sprintf(" de %d", t.Year())
	}
	weekday, month := Weekday(locale, t.Weekday()), Month(locale, t.Month())
	switch locale {
	case Portuguese:
		return fmt.Sprintf("%s, %d de %s%s", weekday, t.Day(), month, year)
	case Spanish:
		return fmt.Sprintf("%s %d de %s%s", weekday, t.Day(), month, year)
	default:
		return fmt.Sprintf("%s, %s %d%s", weekday, month, t.Day(), year)
	}
}

// Day is Date, with today and tomorrow called by their names: "today, March
// 15". It reads well after a dash or at the start of a line.
func Day(locale string, t, now time.Time) string {
	name := relative(locale, t, now)
	if name == "" {
		return Date(locale, t, now)
	}
	locale = Locale(locale)
	if locale == English {
		return fmt.Sprintf("%s, %s %d", name, Month(locale, t.Month()), t.Day())
	}

	return fmt.Sprintf("%s, %d de %s", name, t.Day(), Month(locale, t.Month()))
}

// DayLabel is a day short enough for a button (at most 20 characters):
// "Tomorrow, Mar 16", "Quinta, 15/03", "Miércoles, 15/03".
func DayLabel(locale string, t, now time.Time) string {
	name := relative(locale, t, now)
	if name == "" {
		name = ShortWeekday(locale, t.Weekday())
	}
	locale = Locale(locale)
	if locale == English {
		return Capital(fmt.Sprintf("%s, %s %d", name, Month(locale, t.Month())[:3], t.Day()))
	}

	return Capital(fmt.Sprintf("%s, %02d/%02d", name, t.Day(), int(t.Month())))
}

// When is a moment inside a sentence: "tomorrow at 3:00 PM", "quinta-feira, 15
// de março, às 15:00", "el jueves 15 de marzo a las 15:00".
func When(locale string, t, now time.Time) string {
	if name := relative(locale, t, now); name != "" {
		return fmt.Sprintf("%s %s %s", name, at(Locale(locale), t), Clock(locale, t))
	}

	return onDate(locale, t, now)
}

// Moment is When for a reader who may read it on any day: never "today".
func Moment(locale string, t time.Time) string { return onDate(locale, t, t) }

func onDate(locale string, t, now time.Time) string {
	locale = Locale(locale)
	at, clock := at(locale, t), Clock(locale, t)
	switch {
	case locale == Portuguese:
		return fmt.Sprintf("%s, %s %s", Date(locale, t, now), at, clock)
	case locale == Spanish:
		return fmt.Sprintf("el %s %s %s", Date(locale, t, now), at, clock)
	default:
		return fmt.Sprintf("%s %s %s", Date(locale, t, now), at, clock)
	}
}

// at is the preposition before a time: one o'clock is singular in Portuguese
// and Spanish.
func at(locale string, t time.Time) string {
	one := t.Hour() == 1
	switch {
	case locale == Portuguese && one:
		return "à"
	case locale == Portuguese:
		return "às"
	case locale == Spanish && one:
		return "a la"
	case locale == Spanish:
		return "a las"
	default:
		return "at"
	}
}

// relative names today and tomorrow, as seen from t's own zone, or is empty.
func relative(locale string, t, now time.Time) string {
	words := calendars[Locale(locale)]
	local := now.In(t.Location())
	switch civilDays(t) - civilDays(local) {
	case 0:
		return words.today
	case 1:
		return words.tomorrow
	default:
		return ""
	}
}

// civilDays numbers the calendar date of t, whatever its zone.
func civilDays(t time.Time) int64 {
	year, month, day := t.Date()

	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// Duration writes whole minutes: "45 min", "1 h", "1 h 30 min". All three
// languages write it the same way.
func Duration(minutes int) string {
	switch hours, rest := minutes/60, minutes%60; {
	case hours == 0:
		return fmt.Sprintf("%d min", rest)
	case rest == 0:
		return fmt.Sprintf("%d h", hours)
	default:
		return fmt.Sprintf("%d h %d min", hours, rest)
	}
}

// Capital writes the first letter large and leaves the rest alone.
func Capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 || first == utf8.RuneError {
		return s
	}

	return string(unicode.ToUpper(first)) + s[size:]
}

// List joins words as a sentence does: "a, b and c", "a, b e c", "a, b y c".
func List(locale string, words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := words[len(words)-1]
	and := "and"
	switch Locale(locale) {
	case Portuguese:
		and = "e"
	case Spanish:
		and = "y"
	}

	return strings.Join(words[:len(words)-1], ", ") + " " + and + " " + last
}
