// Package ground finds in a text what it names that no given fact contains: times,
// dates, days of the week, prices, and names of services. It is pure, and reads
// English, Portuguese and Spanish at once.
//
// It errs on the side of doubt: what it can't place is named as ungrounded, and
// the answer is written once again.
package ground

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"recado/hooks/dialogue/phrases"
	"recado/hooks/texts"
)

// Check lists what text names that none of the facts says, in the words of text.
// names are those of services, whether or not they may be mentioned; now is in the
// zone in which "tomorrow" is meant.
func Check(text string, facts, names []string, now time.Time) []string {
	folded := phrases.Fold(text)
	said, inText := read(folded, now), words(folded)
	var mentioned []string
	for _, name := range names {
		if n := strings.TrimSpace(words(phrases.Fold(name))); n != "" && strings.Contains(inText, " "+n+" ") {
			mentioned = append(mentioned, name)
		}
	}
	if said.empty() && len(mentioned) == 0 {
		return nil // nothing to look for in what may be long
	}
	foldedFacts := phrases.Fold(strings.Join(facts, "\n"))
	known := read(foldedFacts, now)

	var wrong []string
	for _, t := range said.times {
		if !slices.ContainsFunc(known.times, t.same) {
			wrong = append(wrong, "the time "+t.text)
		}
	}
	for _, d := range said.dates {
		if !slices.ContainsFunc(known.dates, d.same) {
			wrong = append(wrong, "the date "+d.text)
		}
	}
	for _, w := range said.weekdays {
		if !slices.ContainsFunc(known.weekdays, w.same) && !slices.ContainsFunc(known.dates, func(d date) bool { return d.on(w.day, now) }) {
			wrong = append(wrong, "the day "+w.text)
		}
	}
	for _, p := range said.prices {
		if !slices.ContainsFunc(known.prices, func(q price) bool { return p.value == q.value }) {
			wrong = append(wrong, "the price "+p.text)
		}
	}
	if len(mentioned) > 0 {
		inFacts := words(foldedFacts)
		for _, name := range mentioned {
			if !strings.Contains(inFacts, words(phrases.Fold(name))) {
				wrong = append(wrong, "the service "+name)
			}
		}
	}
	slices.Sort(wrong)

	return slices.Compact(wrong)
}

// clock is a time of day; vague: it may be of the morning or the afternoon, as
// people say "at 3". Facts are the server's, which says which.
type clock struct {
	minute int
	vague  bool
	text   string
}

func (c clock) same(fact clock) bool {
	if c.vague {
		return c.minute%720 == fact.minute%720
	}

	return c.minute == fact.minute
}

// date is a day of the year.
type date struct {
	month, day int
	text       string
}

func (d date) same(other date) bool { return d.month == other.month && d.day == other.day }

// on tells whether the date, the next or this year's, is on a day of the week.
func (d date) on(day time.Weekday, now time.Time) bool {
	for year := now.Year(); year <= now.Year()+1; year++ {
		at := time.Date(year, time.Month(d.month), d.day, 0, 0, 0, 0, time.UTC)
		if !at.Before(now.AddDate(0, 0, -2)) {
			return at.Weekday() == day
		}
	}

	return false
}

type weekday struct {
	day  time.Weekday
	text string
}

func (w weekday) same(other weekday) bool { return w.day == other.day }

type price struct{ value, text string }

// named is what a text names.
type named struct {
	times    []clock
	dates    []date
	weekdays []weekday
	prices   []price
}

var (
	iso     = pattern(`\b(\d{4})-(\d{2})-(\d{2})\b`)
	slashed = pattern(`\b(\d{1,2})/(\d{1,2})(?:/(\d{2,4}))?\b`)
	colon   = pattern(`\b(\d{1,2})[:h](\d{2})\s*(a\.?m\.?|p\.?m\.?)?`)
	hourly  = pattern(`\b(\d{1,2})\s*(h\b|hs\b|hrs?\b|horas?\b|o.?clock|a\.?m\b\.?|p\.?m\b\.?)`)
	spoken  = pattern(`(?:\bat|\bas|\ba las|\ba la|\bto the|\baround|\blas)\s+(\d{1,2})\b([^\d:h/]|$)`)
	money   = pattern(`(?:r\$|us\$|\$u|\$|€|£|¥|₡|₲|s/|\b(?:brl|usd|eur|gbp|mxn|ars|clp|cop|pen)\s)\s*(\d[\d.,\x{00a0} ]*\d|\d)`)
	moneyed = pattern(`(\d[\d.,]*\d|\d)\s*(?:€|£|reais|real\b|dollars?|dolares|euros?|pesos?|soles|brl\b|usd\b|eur\b|mxn\b|bucks)`)
	dayOf   = pattern(`\b(?:dia|el|the|on)\s+(\d{1,2})(?:st|nd|rd|th)?\b([^\d:h/]|$)`)
)

// pattern compiles an expression when it is first needed: not every start of the
// program reads what a model says.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

func (n named) empty() bool { return len(n.times)+len(n.dates)+len(n.weekdays)+len(n.prices) == 0 }

// read finds what a folded text names.
func read(folded string, now time.Time) named {
	var n named
	spaced := words(folded)
	n.readNear(spaced, now)
	rest := n.readDates(figures(folded), now)
	n.readMoney(&rest)
	n.readTimes(rest)
	n.readNoon(spaced)
	n.readDays(spaced)

	return n
}

// around is how much on either side of a figure is read with it: more than anything
// that is written with figures is long.
const around = 48

// figures is what of a text is near a figure. The rest names nothing by figures, and
// expressions are slow to find that out.
func figures(text string) string {
	var out strings.Builder
	from, end := 0, 0 // of the stretch that is kept next
	flush := func() {
		if end > from {
			out.WriteString(text[from:end])
			out.WriteString(" \n")
		}
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			continue
		}
		if i-around > end {
			flush()
			from = max(0, i-around)
		}
		end = min(len(text), i+around)
	}
	flush()

	return out.String()
}

// readDates takes the dates out of the text, so that their figures are nothing else.
func (n *named) readDates(text string, now time.Time) string {
	text = iso().ReplaceAllStringFunc(text, func(found string) string {
		m := iso().FindStringSubmatch(found)
		n.date(m[2], m[3], found)

		return " "
	})
	text = slashed().ReplaceAllStringFunc(text, func(found string) string {
		m := slashed().FindStringSubmatch(found)
		if n.date(m[2], m[1], found); number(m[2]) > 12 { // the American order
			n.date(m[1], m[2], found)
		}

		return " "
	})
	spaced := words(text)
	for _, pattern := range months() {
		if !slices.ContainsFunc(pattern.names, func(name string) bool { return strings.Contains(spaced, name) }) {
			continue
		}
		text = pattern.before.ReplaceAllStringFunc(text, func(found string) string {
			m := pattern.before.FindStringSubmatch(found)
			n.date(strconv.Itoa(pattern.month), m[1], found)

			return " "
		})
		text = pattern.after.ReplaceAllStringFunc(text, func(found string) string {
			m := pattern.after.FindStringSubmatch(found)
			n.date(strconv.Itoa(pattern.month), m[1], found)

			return " "
		})
	}
	text = dayOf().ReplaceAllStringFunc(text, func(found string) string {
		m := dayOf().FindStringSubmatch(found)
		day := number(m[1])
		if day < 1 || day > 31 || strings.HasPrefix(found, "the") && !ordinal().MatchString(found) || strings.HasPrefix(found, "on") && !ordinal().MatchString(found) {
			return found
		}
		at := time.Date(now.Year(), now.Month(), day, 0, 0, 0, 0, time.UTC)
		if day < now.Day() {
			at = time.Date(now.Year(), now.Month()+1, day, 0, 0, 0, 0, time.UTC)
		}
		n.dates = append(n.dates, date{int(at.Month()), day, strings.TrimSpace(found)})

		return " "
	})

	return text
}

// readNear finds the days that are named by how far away they are.
func (n *named) readNear(spaced string, now time.Time) {
	for days, forms := range [][]string{{"today", "hoje", "hoy", "tonight"}, {"tomorrow", "amanha"}, {"day after tomorrow", "depois de amanha", "pasado manana"}} {
		for _, form := range forms {
			if strings.Contains(spaced, " "+form+" ") {
				at := now.AddDate(0, 0, days)
				n.dates = append(n.dates, date{int(at.Month()), at.Day(), form})
			}
		}
	}
	// "mañana" is tomorrow, and the morning where an article stands before it.
	if !strings.Contains(spaced, " manana ") {
		return
	}
	for _, m := range manana().FindAllStringSubmatch(spaced, -1) {
		if m[1] == "" {
			at := now.AddDate(0, 0, 1)
			n.dates = append(n.dates, date{int(at.Month()), at.Day(), "manana"})
		}
	}
}

var (
	manana  = pattern(`((?:la|de|por la|pasado|esta)\s+)?manana\b`)
	ordinal = pattern(`\d(?:st|nd|rd|th)\b`)
)

func (n *named) date(month, day, text string) {
	m, d := number(month), number(day)
	if m >= 1 && m <= 12 && d >= 1 && d <= 31 {
		n.dates = append(n.dates, date{m, d, text})
	}
}

func (n *named) readMoney(text *string) {
	for _, pattern := range []*regexp.Regexp{money(), moneyed()} {
		*text = pattern.ReplaceAllStringFunc(*text, func(found string) string {
			m := pattern.FindStringSubmatch(found)
			n.prices = append(n.prices, price{amount(m[1]), strings.TrimSpace(found)})

			return " "
		})
	}
}

// amount brings 1.234,50 and 1,234.50 and 50 to the same form, in hundredths.
func amount(text string) string {
	text = strings.NewReplacer(" ", "", "\u00a0", "").Replace(text)
	whole, cents := text, ""
	if at := strings.LastIndexAny(text, ".,"); at >= 0 && len(text)-at-1 <= 2 {
		whole, cents = text[:at], text[at+1:]
	}
	whole = strings.TrimLeft(strings.NewReplacer(".", "", ",", "").Replace(whole), "0")

	return fmt.Sprintf("%s.%s", whole, (cents + "00")[:2])
}

func (n *named) readTimes(text string) {
	add := func(hour, minute int, half, found string) {
		ambiguous := half == "" && hour < 13
		switch {
		case strings.HasPrefix(half, "p") && hour < 12:
			hour += 12
		case strings.HasPrefix(half, "a") && hour == 12:
			hour = 0
		}
		if hour <= 24 && minute < 60 {
			n.times = append(n.times, clock{hour%24*60 + minute, ambiguous, strings.TrimSpace(found)})
		}
	}
	text = colon().ReplaceAllStringFunc(text, func(found string) string {
		m := colon().FindStringSubmatch(found)
		add(number(m[1]), number(m[2]), m[3], found)

		return " "
	})
	text = hourly().ReplaceAllStringFunc(text, func(found string) string {
		m := hourly().FindStringSubmatch(found)
		half := ""
		if m[2][0] == 'a' || m[2][0] == 'p' {
			half = m[2]
		}
		add(number(m[1]), 0, half, found)

		return " "
	})
	for _, m := range spoken().FindAllStringSubmatch(text, -1) {
		add(number(m[1]), 0, "", m[0])
	}
}

// readNoon finds noon and midnight.
func (n *named) readNoon(spaced string) {
	for hour, forms := range map[int][]string{12: {"noon", "midday", "meio dia", "mediodia"}, 0: {"midnight", "meia noite", "medianoche"}} {
		for _, form := range forms {
			if strings.Contains(spaced, " "+form+" ") {
				n.times = append(n.times, clock{hour * 60, false, form})
			}
		}
	}
}

// readDays finds days of the week. "segunda" alone may be "the second": it counts
// as a day only beside another word for one.
func (n *named) readDays(spaced string) {
	for _, day := range daysOfWeek() {
		for _, form := range day.forms {
			if strings.Contains(spaced, form) {
				n.weekdays = append(n.weekdays, weekday{day.day, strings.TrimSpace(form)})

				break
			}
		}
	}
}

// dayForms are the ways to write a day of the week in one language, with a space at
// both ends.
type dayForms struct {
	day   time.Weekday
	forms []string
}

var daysOfWeek = sync.OnceValue(func() []dayForms {
	var list []dayForms
	for day := time.Sunday; day <= time.Saturday; day++ {
		for _, locale := range texts.Locales() {
			full := strings.TrimSpace(words(phrases.Fold(texts.Weekday(locale, day))))
			forms := []string{full, full + "s"}
			if locale == texts.Portuguese && day >= time.Monday && day <= time.Friday {
				short := strings.TrimSpace(words(phrases.Fold(texts.ShortWeekday(locale, day))))
				forms = append(forms, short+" as", "proxima "+short, short+" que vem", "essa "+short, "esta "+short)
				if day != time.Monday { // "na segunda" may be the second of anything
					forms = append(forms, "na "+short)
				}
			}
			for i, form := range forms {
				forms[i] = " " + form + " "
			}
			list = append(list, dayForms{day, forms})
		}
	}

	return list
})

type monthPattern struct {
	month         int
	names         []string       // with a space at both ends
	before, after *regexp.Regexp // "15 de março", "March 15"
}

// months is made when it is first asked for: compiling it takes as long as a query.
var months = sync.OnceValue(func() []monthPattern {
	var list []monthPattern
	for month := time.January; month <= time.December; month++ {
		names := map[string]bool{}
		for _, locale := range texts.Locales() {
			name := phrases.Fold(texts.Month(locale, month))
			names[name] = true
			if len(name) > 3 {
				names[name[:3]] = true
			}
		}
		var all, spacedOut []string
		for name := range names {
			all = append(all, regexp.QuoteMeta(name))
			spacedOut = append(spacedOut, words(name))
		}
		slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
		either := "(?:" + strings.Join(all, "|") + ")"
		list = append(list, monthPattern{
			int(month), spacedOut,
			regexp.MustCompile(`\b(\d{1,2})(?:st|nd|rd|th|o)?\s+(?:de\s+|of\s+)?` + either + `\b\.?`),
			regexp.MustCompile(`\b` + either + `\.?\s+(?:the\s+)?(\d{1,2})(?:st|nd|rd|th)?\b`),
		})
	}

	return list
})

// words are those of a folded text, apart by one space, with one at both ends.
func words(folded string) string {
	return " " + strings.Join(strings.FieldsFunc(folded, func(r rune) bool {
		return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r > 127)
	}), " ") + " "
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}

	return n
}
