package reports

import (
	"cmp"
	"slices"
)

// sheet has a tally for the whole period, for the one before, for each day and
// for each row of each group.
type sheet[T any] struct {
	period, past  Period
	total, before T
	days          []T
	groups        []map[string]*T
}

func newSheet[T any](p Period, groups int) *sheet[T] {
	s := &sheet[T]{period: p, past: p.Before(), days: make([]T, p.Days())}
	for range groups {
		s.groups = append(s.groups, map[string]*T{})
	}

	return s
}

// nowhere is the key of what does not belong into a group.
const nowhere = "-"

// at passes every tally that something at an instant counts for: keys name its
// row in each group, "" that it has none.
func (s *sheet[T]) at(instant int64, count func(*T), keys ...string) {
	day := s.period.Day(instant)
	if day < 0 {
		if s.past.Day(instant) >= 0 {
			count(&s.before)
		}

		return
	}
	s.on(day, count, keys...)
}

// on is [sheet.at] for a day of the period.
func (s *sheet[T]) on(day int, count func(*T), keys ...string) {
	count(&s.total)
	count(&s.days[day])
	for i, key := range keys {
		if key != nowhere {
			count(s.row(i, key))
		}
	}
}

func (s *sheet[T]) row(group int, key string) *T {
	row := s.groups[group][key]
	if row == nil {
		row = new(T)
		s.groups[group][key] = row
	}

	return row
}

// report is a sheet summed up.
type report[F any] struct {
	Total, Before F
	Days          []dayOf[F]
	Groups        []groupOf[F]
}

type dayOf[F any] struct {
	Date    string `json:"date"`
	Figures F      `json:"figures"`
}

// groupOf are the rows of a group by name; what has none comes last.
type groupOf[F any] struct {
	Name string
	Rows []rowOf[F]
}

type rowOf[F any] struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Figures F      `json:"figures"`
}

// group is what rows of a sheet are: the name of one, and the names of all.
type group struct {
	name  string
	names map[string]string
}

func sumUp[T, F any](s *sheet[T], figures func(*T) F, groups ...group) report[F] {
	r := report[F]{Total: figures(&s.total), Before: figures(&s.before)}
	for i := range s.days {
		r.Days = append(r.Days, dayOf[F]{s.period.Date(i).String(), figures(&s.days[i])})
	}
	for i, g := range groups {
		rows := []rowOf[F]{}
		for id, tally := range s.groups[i] {
			rows = append(rows, rowOf[F]{id, g.names[id], figures(tally)})
		}
		slices.SortFunc(rows, func(a, b rowOf[F]) int {
			return cmp.Or(compareBool(a.Name == "", b.Name == ""), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
		})
		r.Groups = append(r.Groups, groupOf[F]{g.name, rows})
	}

	return r
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	default:
		return -1
	}
}

// answer is the report as the API writes it.
func (r report[F]) answer(p Period) map[string]any {
	first, last := p.Dates()
	pastFirst, pastLast := p.Before().Dates()
	body := map[string]any{
		"from": first.String(), "to": last.String(), "timezone": p.zone.String(),
		"total": r.Total, "days": r.Days,
		"before": map[string]any{"from": pastFirst.String(), "to": pastLast.String(), "figures": r.Before},
	}
	for _, g := range r.Groups {
		body[g.Name+"s"] = g.Rows
	}

	return body
}
